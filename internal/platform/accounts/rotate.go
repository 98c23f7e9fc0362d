package accounts

import "github.com/allclear/allclear/internal/platform/vault"

// Sealed lists the sealed columns of accounts, and the kept answers that hold a code or a
// token once more for whoever repeats the call.
var Sealed = []vault.Sealed{
	{Table: "users", Key: []string{"id"}, Columns: []vault.Column{
		{Name: "totp_secret", Classes: []vault.Class{totpClass}}, {Name: "totp_pending", Classes: []vault.Class{totpClass}},
	}},
	{Table: "op_keys", Key: []string{"actor_id", "key"}, Columns: []vault.Column{{Name: "response", Classes: []vault.Class{secretClass}, Within: true}}},
}

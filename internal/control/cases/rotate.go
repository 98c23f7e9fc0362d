package cases

import "github.com/allclear/allclear/internal/platform/vault"

// Sealed lists the sealed columns of this package, for changes of the data key.
var Sealed = []vault.Sealed{
	{Table: "cases", Key: []string{"id"}, Columns: []vault.Column{
		{Name: "exposure", Classes: []vault.Class{vault.FreeText}}, {Name: "extra", Classes: []vault.Class{vault.FreeText}},
	}},
}

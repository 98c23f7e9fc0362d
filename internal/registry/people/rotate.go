package people

import "github.com/allclear/allclear/internal/platform/vault"

// Sealed lists the sealed columns of this package, for changes of the data key.
var Sealed = []vault.Sealed{
	{Table: "people", Key: []string{"id"}, Columns: []vault.Column{
		{Name: "name", Classes: []vault.Class{vault.Name}}, {Name: "phone", Classes: []vault.Class{vault.Phone}},
		{Name: "id_number", Classes: []vault.Class{vault.IDNumber}}, {Name: "address", Classes: []vault.Class{vault.Address}},
		{Name: "details", Classes: []vault.Class{vault.FreeText}}, {Name: "vehicle", Classes: []vault.Class{vault.FreeText}},
		{Name: "extra", Classes: []vault.Class{vault.FreeText}},
	}},
	{Table: "people_care", Key: []string{"person_id", "need"}, Columns: []vault.Column{{Name: "note", Classes: []vault.Class{vault.Health, vault.FreeText}}}},
	{Table: "people_homes", Key: []string{"id"}, Columns: []vault.Column{{Name: "address", Classes: []vault.Class{vault.Address}}}},
	{Table: "households", Key: []string{"place_id"}, Columns: []vault.Column{
		{Name: "number", Classes: []vault.Class{vault.IDNumber, vault.FreeText}}, {Name: "note", Classes: []vault.Class{vault.FreeText, vault.Health}},
	}},
	{Table: "people_doubts", Key: []string{"id"}, Columns: []vault.Column{{Name: "detail", Classes: []vault.Class{vault.FreeText}}}},
	{Table: "people_merges", Key: []string{"id"}, Columns: []vault.Column{
		{Name: "loser", Classes: []vault.Class{vault.FreeText}}, {Name: "winner", Classes: []vault.Class{vault.FreeText}},
	}},
	{Table: "people_bulk_items", Key: []string{"bulk_id", "person_id"}, Columns: []vault.Column{{Name: "before", Classes: []vault.Class{vault.Health}}}},
}

package importer

import "github.com/allclear/allclear/internal/platform/vault"

// Sealed lists the sealed columns of imports. What a kind wrote down to undo a row is
// sealed under the class that the kind chose.
var Sealed = []vault.Sealed{
	{Table: "import_refusals", Key: []string{"job_id", "phase", "ordinal", "seq"}, Columns: []vault.Column{
		{Name: "detail", Classes: []vault.Class{vault.FreeText}}, {Name: "cells", Classes: []vault.Class{vault.FreeText}},
	}},
	{Table: "import_changes", Key: []string{"job_id", "seq"}, Columns: []vault.Column{{Name: "before", Classes: []vault.Class{vault.FreeText, vault.Health}}}},
}

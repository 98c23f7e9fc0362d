package importer

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// ForgetPeople deletes what undoing an import would need to put people back, and their
// cases: after they are erased nothing may bring them back.
func ForgetPeople(ctx context.Context, tx *op.Tx, all []ref.Person) error {
	for _, id := range all {
		for _, q := range []string{
			`UPDATE import_changes SET before = '' WHERE ref_kind = 'person' AND ref_id = $1 AND before <> ''`,
			`UPDATE import_changes SET before = '' WHERE ref_kind = 'case' AND before <> '' AND ref_id IN (SELECT id FROM cases WHERE person_id = $1)`,
		} {
			if _, err := tx.Exec(ctx, q, string(id)); err != nil {
				return fmt.Errorf("forget what imports changed: %w", err)
			}
		}
	}
	return nil
}

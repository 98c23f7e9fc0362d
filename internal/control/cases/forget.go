package cases

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// ForgetPeople takes what was written about people out of their cases: the exposure and
// the extra columns, which often name people. The case itself, its days and its place,
// stays for the statistics. It is part of erasing people whose time is over.
func (*Service) ForgetPeople(ctx context.Context, tx *op.Tx, all []ref.Person) error {
	for _, id := range all {
		const q = `UPDATE cases SET exposure = '', extra = '', version = version + 1, updated_at = $2 WHERE person_id = $1 AND (exposure <> '' OR extra <> '')`
		if _, err := tx.Exec(ctx, q, string(id), tx.Now()); err != nil {
			return fmt.Errorf("forget the texts of cases: %w", err)
		}
	}
	return nil
}

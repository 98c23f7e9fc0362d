package vault

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/allclear/allclear/internal/platform/store"
)

// Sealed lists the sealed columns of one table, so that a change of the data key reaches
// them. Each package that seals has a list; a test looks for sealed values in all other
// columns of the schema.
type Sealed struct {
	Table   string
	Key     []string // columns of the primary key, TEXT or BIGINT
	Columns []Column
}

// Column is one sealed column.
type Column struct {
	Name string
	// Classes are those under which values of the column may have been sealed.
	Classes []Class
	// Within: sealed values stand inside a longer text, such as JSON.
	Within bool
}

var sealedValue = regexp.MustCompile(`v1\.[a-z0-9]+\.[A-Za-z0-9+/]+`)

// reseal returns text with every value that an older key sealed sealed by the current
// one, how many that were, and how many could not be opened.
func (v *Vault) reseal(c Column, text, current string) (out string, done, left int, err error) {
	if text == "" || !strings.Contains(text, prefix) {
		return text, 0, 0, nil
	}
	if !c.Within {
		return v.resealOne(c, text, current)
	}
	out = sealedValue.ReplaceAllStringFunc(text, func(one string) string {
		again, n, bad, e := v.resealOne(c, one, current)
		done, left = done+n, left+bad
		if e != nil {
			err = e
		}
		return again
	})
	return out, done, left, err
}

func (v *Vault) resealOne(c Column, sealed, current string) (out string, done, left int, err error) {
	id, _, ok := cutSealed(sealed)
	if !ok || id == current || v.ring.Load().keys[id] == nil {
		if ok && id != current && !c.Within {
			left = 1
		}
		return sealed, 0, left, nil
	}
	for _, class := range c.Classes {
		plain, err := v.Open(class, sealed)
		if err != nil {
			continue
		}
		again, err := v.Seal(class, plain)
		return again, 1, 0, err
	}
	return sealed, 0, 1, nil // damaged, or sealed under a class that the list does not name
}

// row is one row on its way: its key and its sealed columns.
type row struct {
	key    []any
	before []string
	after  []string
}

// page reads the rows of the table after a key, in the order of the key.
func (s Sealed) page(ctx context.Context, tx *store.Tx, after []any, limit int) ([]row, error) {
	names := append([]string{}, s.Key...)
	for _, c := range s.Columns {
		names = append(names, c.Name)
	}
	q := `SELECT ` + strings.Join(names, ", ") + ` FROM ` + s.Table
	if len(after) > 0 {
		q += ` WHERE (` + strings.Join(s.Key, ", ") + `) > (` + marks(1, len(s.Key)) + `)`
	}
	q += ` ORDER BY ` + strings.Join(s.Key, ", ") + fmt.Sprintf(` LIMIT %d`, limit)
	found, err := tx.Query(ctx, q, after...)
	return store.Collect(found, err, func(r store.Scanner) (row, error) {
		x := row{key: make([]any, len(s.Key)), before: make([]string, len(s.Columns))}
		into := make([]any, 0, len(names))
		for i := range x.key {
			into = append(into, &x.key[i])
		}
		for i := range x.before {
			into = append(into, store.Optional(&x.before[i]))
		}
		return x, r.Scan(into...)
	})
}

// replace writes the columns of a row that were sealed again, unless one of them was
// changed since it was read: then the newer value stays, and the next pass looks at it.
// Versions and moments of change stay as they are: nobody edited anything.
func (s Sealed) replace(ctx context.Context, tx *store.Tx, r row) (bool, error) {
	var set, where []string
	var args []any
	for i, c := range s.Columns {
		if r.after[i] != r.before[i] {
			args = append(args, r.after[i], r.before[i])
			set = append(set, fmt.Sprintf("%s = $%d", c.Name, len(args)-1))
			where = append(where, fmt.Sprintf("%s = $%d", c.Name, len(args)))
		}
	}
	for i, k := range s.Key {
		args = append(args, r.key[i])
		where = append(where, fmt.Sprintf("%s = $%d", k, len(args)))
	}
	n, err := tx.Technical().Exec(ctx, `UPDATE `+s.Table+` SET `+strings.Join(set, ", ")+` WHERE `+strings.Join(where, " AND "), args...)
	return n == 1, err
}

func marks(from, n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("$%d", from+i)
	}
	return strings.Join(out, ", ")
}

// position is where a pass over the tables is.
type position struct {
	Table string `json:"table"`
	After []any  `json:"after"`
}

func readPosition(text string) (p position, err error) {
	if text == "" {
		return p, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&p); err != nil {
		return p, err
	}
	for i, k := range p.After {
		if n, ok := k.(json.Number); ok {
			if p.After[i], err = n.Int64(); err != nil {
				return p, err
			}
		}
	}
	return p, nil
}

func (p position) String() string {
	b, err := json.Marshal(p)
	if err != nil {
		return ""
	}
	return string(b)
}

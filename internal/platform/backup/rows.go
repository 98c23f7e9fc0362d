package backup

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/store"
)

// sums counts and hashes what passes through.
type sums struct {
	bytes int64
	hash  hash.Hash
}

func newSums() *sums { return &sums{hash: sha256.New()} }

func (s *sums) Write(p []byte) (int, error) {
	s.bytes += int64(len(p))
	return s.hash.Write(p)
}

func (s *sums) hex() string { return hex.EncodeToString(s.hash.Sum(nil)) }

// quoted is a name as both databases take it. Names come from the database itself.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// selectRows reads all rows in an order that is the same on both databases: keys are
// never null, and text is compared byte by byte (store refuses another collation).
func selectRows(t Table) string {
	columns, order := make([]string, len(t.Columns)), make([]string, 0, 2*len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = quoted(c.Name)
	}
	for _, k := range t.Key {
		order = append(order, quoted(k))
	}
	if len(order) == 0 {
		for _, c := range columns { // the two sort nulls at different ends
			order = append(order, c+" IS NULL", c)
		}
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + quoted(t.Name) + " ORDER BY " + strings.Join(order, ", ")
}

// flushAt is how many bytes of rows are gathered before they are passed on.
const flushAt = 64 << 10

// dump writes the rows of t and returns how many there are.
func dump(ctx context.Context, tx *store.Tx, t Table, w io.Writer) (n int64, err error) {
	rows, err := tx.Query(ctx, selectRows(t))
	if err != nil {
		return 0, fmt.Errorf("read table %s: %w", t.Name, err)
	}
	defer func() { _ = rows.Close() }()
	values, into := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range values {
		into[i] = &values[i]
	}
	text := make([]byte, 0, 2*flushAt)
	for ; rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			return n, fmt.Errorf("read row %d of table %s: %w", n+1, t.Name, err)
		}
		if text, err = appendRow(text, t, values); err != nil {
			return n, err
		}
		if len(text) >= flushAt {
			if _, err := w.Write(text); err != nil {
				return n, err
			}
			text = text[:0]
		}
	}
	if err := rows.Err(); err != nil {
		return n, fmt.Errorf("read table %s: %w", t.Name, err)
	}
	_, err = w.Write(text)
	return n, err
}

// measure fills in the rows, bytes and sum of t as the database holds it now.
func measure(ctx context.Context, tx *store.Tx, t Table) (Table, error) {
	s := newSums()
	var err error
	t.Rows, err = dump(ctx, tx, t, s)
	t.Bytes, t.SHA256 = s.bytes, s.hex()
	return t, err
}

func appendRow(b []byte, t Table, values []any) ([]byte, error) {
	b = append(b, '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		switch x := v.(type) {
		case nil:
			b = append(b, "null"...)
		case string:
			b = appendText(b, x)
		case []byte:
			b = appendText(b, string(x))
		case int64:
			if t.Columns[i].Kind == Bool && (x == 0 || x == 1) { // SQLite's true is 1
				b = strconv.AppendBool(b, x == 1)
			} else {
				b = strconv.AppendInt(b, x, 10)
			}
		case float64:
			b = appendReal(b, x)
		case bool:
			b = strconv.AppendBool(b, x)
		default:
			return b, fmt.Errorf("column %s of table %s came as %T", t.Columns[i].Name, t.Name, v)
		}
	}
	return append(b, "]\n"...), nil
}

// appendReal writes x so that it reads back exactly. SQLite has no negative zero, JSON
// has no infinities.
func appendReal(b []byte, x float64) []byte {
	switch {
	case x == 0:
		return append(b, '0')
	case math.IsNaN(x), math.IsInf(x, 0):
		return strconv.AppendQuote(b, strconv.FormatFloat(x, 'g', -1, 64))
	}
	return strconv.AppendFloat(b, x, 'g', -1, 64)
}

// appendText writes a JSON text. SQLite also keeps what is not UTF-8; JSON cannot hold
// it, and replacing it would change the data in silence.
func appendText(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		b = append(b, `{"base64":"`...)
		b = base64.StdEncoding.AppendEncode(b, []byte(s))
		return append(b, `"}`...)
	}
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, `\n`...)
		case c < ' ':
			b = append(b, `\u00`...)
			b = hex.AppendEncode(b, []byte{c})
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// parseRow turns decoded JSON into the values of a row, in place.
func parseRow(t Table, row []any) error {
	if len(row) != len(t.Columns) {
		return fmt.Errorf("a row has %d values for %d columns", len(row), len(t.Columns))
	}
	for i, v := range row {
		var err error
		if row[i], err = parseValue(t.Columns[i].Kind, v); err != nil {
			return err
		}
	}
	return nil
}

func parseValue(kind Kind, v any) (any, error) {
	switch x := v.(type) {
	case json.Number:
		if kind != Real {
			if n, err := x.Int64(); err == nil {
				return n, nil
			}
		}
		return x.Float64()
	case string:
		if kind == Real { // NaN, +Inf, -Inf
			if f, err := strconv.ParseFloat(x, 64); err == nil {
				return f, nil
			}
		}
		return x, nil
	case map[string]any:
		text, ok := x["base64"].(string)
		raw, err := base64.StdEncoding.DecodeString(text)
		if !ok || err != nil || len(x) != 1 {
			return nil, fmt.Errorf("a value is not one that a backup holds")
		}
		return string(raw), nil
	case nil, bool:
		return v, nil
	}
	return nil, fmt.Errorf("a value is not one that a backup holds")
}

// storable reports whether the database takes v in a column of the kind. SQLite takes
// everything, as it was in SQLite before.
func storable(d store.Dialect, kind Kind, v any) bool {
	if d == store.SQLite || v == nil {
		return true
	}
	switch x := v.(type) {
	case string:
		return kind == Text && utf8.ValidString(x) && !strings.Contains(x, "\x00")
	case int64:
		return kind == Int
	case float64:
		return kind == Real
	case bool:
		return kind == Bool
	}
	return false
}

package people

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// DoubtCode says what an import took in that somebody should look at.
type DoubtCode string

// The doubts.
const (
	NoName          DoubtCode = "no_name"
	NoGuardian      DoubtCode = "minor_without_guardian"
	UnknownGuardian DoubtCode = "guardian_not_found"
	TwoDoors        DoubtCode = "household_at_two_doors"
	TwoNames        DoubtCode = "number_with_two_names"
)

// doubtWords are the doubts as people say them.
var doubtWords = map[DoubtCode][2]string{
	NoName:          {"没有姓名，只有证件号码或编号。请补充姓名。", "There is no name, only a number. Add the name."},
	NoGuardian:      {"未成年人没有登记监护人。请核实并补充。", "A minor without a known guardian. Find out and add one."},
	UnknownGuardian: {"文件中写明的监护人没有找到，或不是成年人。请核实。", "The guardian stated in the file was not found, or is no adult. Check who it is."},
	TwoDoors:        {"同一户号出现在两个地址，此人按文件所写的地址登记。请核实住在哪里。", "One household number stands at two doors; this person was kept at the door in the file. Check where they live."},
	TwoNames:        {"文件中同一证件号码下还有另一个姓名，按先出现的登记。请核对。", "The file has another name under this document number; the first was kept. Check which is right."},
}

// Words returns the doubt as people say it.
func (c DoubtCode) Words() (zh, en string) { return doubtWords[c][0], doubtWords[c][1] }

// Doubt is something about a person that somebody should look at.
type Doubt struct {
	ID        string        `json:"id" audit:"-"`
	PersonID  ref.Person    `json:"person_id" audit:"public"`
	PlacePath string        `json:"-" audit:"-"`
	Code      DoubtCode     `json:"code" audit:"public"`
	Detail    string        `json:"-" audit:"personal"`
	ImportID  ref.ImportJob `json:"import_id" audit:"public"`
	State     string        `json:"state" audit:"public"` // open, settled
	CreatedAt store.Instant `json:"created_at" audit:"-"`
	SettledBy string        `json:"settled_by" audit:"-"`
	SettledAt store.Instant `json:"settled_at" audit:"-"`
	Version   int64         `json:"version" audit:"-"`
}

// DoubtItem is a doubt in a list, with the person masked.
type DoubtItem struct {
	Doubt
	Person Row    `json:"person"`
	Zh     string `json:"zh"`
	En     string `json:"en"`
}

// DoubtPage is one page of the doubts.
type DoubtPage struct {
	Items []DoubtItem
	Next  string
	Total int64
}

const doubtColumns = `d.id, d.person_id, d.place_path, d.code, d.import_id, d.state, d.created_at, d.settled_by, d.settled_at, d.version`

func scanDoubt(r store.Scanner) (d Doubt, err error) {
	return d, r.Scan(&d.ID, &d.PersonID, &d.PlacePath, &d.Code, store.Optional(&d.ImportID), &d.State, &d.CreatedAt, &d.SettledBy, &d.SettledAt, &d.Version)
}

// doubts writes new doubts; they belong to the change that their people come with.
func (s *Service) doubts(ctx context.Context, tx *op.Tx, all []Doubt) error {
	rows := make([][]any, len(all))
	for i, d := range all {
		detail, err := s.vault.Seal(vault.FreeText, d.Detail)
		if err != nil {
			return err
		}
		rows[i] = []any{ids.New(), string(d.PersonID), d.PlacePath, string(d.Code), detail, store.OrNull(d.ImportID), "open", int64(tx.Now()), "", nil, int64(1)}
	}
	_, err := tx.Insert(ctx, "people_doubts", []string{"id", "person_id", "place_path", "code", "detail", "import_id", "state", "created_at", "settled_by", "settled_at", "version"}, rows)
	return err
}

// isDoubted reports whether the doubt about the person was raised before.
func (s *Service) isDoubted(ctx context.Context, tx *op.Tx, id ref.Person, code DoubtCode) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM people_doubts WHERE person_id = $1 AND code = $2`, string(id), string(code)).Scan(&n)
	return n > 0, err
}

// Doubts lists the doubts in one state about people at path and below it, the place of
// the people first (operation ViewDoubts).
func (s *Service) Doubts(ctx context.Context, tx *op.Tx, path, state, after string, limit int) (DoubtPage, error) {
	if state == "" {
		state = "open"
	}
	if state != "open" && state != "settled" {
		return DoubtPage{}, fault.Invalidf("people.bad_filter", "the list cannot be filtered like this").With("state", "unknown")
	}
	if limit = min(limit, largestLimit); limit <= 0 {
		limit = defaultLimit
	}
	scope := tx.Scope()
	if path != "" {
		scope = scope.Within(path)
	}
	var w where
	w.add("d.state = ?", state)
	w.parts = append(w.parts, scope.SQL("d.place_path", &w.args))
	var page DoubtPage
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM people_doubts d WHERE `+w.text(), w.args...).Scan(&page.Total); err != nil {
		return page, fmt.Errorf("count doubts: %w", err)
	}
	if after != "" {
		c, err := parseCursor(after, "doubt")
		if err != nil {
			return page, err
		}
		w.add("(d.place_path, d.id) > (?, ?)", c.At, string(c.ID))
	}
	w.args = append(w.args, limit+1)
	r, err := tx.Query(ctx, `SELECT `+doubtColumns+` FROM people_doubts d WHERE `+w.text()+fmt.Sprintf(` ORDER BY d.place_path, d.id LIMIT $%d`, len(w.args)), w.args...)
	found, err := store.Collect(r, err, scanDoubt)
	if err != nil {
		return page, fmt.Errorf("list doubts: %w", err)
	}
	if len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		page.Next = cursor{"doubt", last.PlacePath, ref.Person(last.ID)}.String()
	}
	page.Items, err = s.doubtItems(ctx, tx, found)
	return page, err
}

func (s *Service) doubtItems(ctx context.Context, tx *op.Tx, found []Doubt) ([]DoubtItem, error) {
	who := make([]ref.Person, len(found))
	for i, d := range found {
		who[i] = d.PersonID
	}
	people, err := s.rowsByID(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	out := make([]DoubtItem, len(found))
	for i, d := range found {
		out[i] = DoubtItem{Doubt: d, Person: people[d.PersonID]}
		out[i].Zh, out[i].En = d.Code.Words()
	}
	return out, nil
}

// rowsByID returns the people as lists show them, without regard to the scope: the caller
// has checked what refers to them.
func (s *Service) rowsByID(ctx context.Context, tx *op.Tx, all []ref.Person) (map[ref.Person]Row, error) {
	found, err := inBatches(ctx, tx, `SELECT `+listedColumns+` FROM people p WHERE p.id IN (%s)`, argsOf(all), s.scanListed)
	if err != nil {
		return nil, fmt.Errorf("load people: %w", err)
	}
	shown, err := rows(ctx, tx, found)
	out := make(map[ref.Person]Row, len(shown))
	for _, r := range shown {
		out[r.ID] = r
	}
	return out, err
}

// Settle takes a doubt off the list: somebody has looked (operation SettleDoubt).
func (s *Service) Settle(ctx context.Context, tx *op.Tx, id string) (Doubt, error) {
	before, err := scanDoubt(tx.QueryRow(ctx, `SELECT `+doubtColumns+` FROM people_doubts d WHERE d.id = $1`, id))
	if fault.KindOf(err) == fault.NotFound || err == nil && !tx.Scope().Contains(before.PlacePath) {
		return before, fault.NotFoundf("people.no_doubt", "there is no such doubt, or it is outside your area")
	}
	if err != nil {
		return before, fmt.Errorf("load a doubt: %w", err)
	}
	if before.State == "settled" {
		return before, nil
	}
	after := before
	after.State, after.SettledBy, after.SettledAt, after.Version = "settled", tx.Principal().Name, tx.Now(), before.Version+1
	const q = `UPDATE people_doubts SET state = $3, settled_by = $4, settled_at = $5, version = $6 WHERE id = $1 AND version = $2`
	if err := tx.ExecOne(ctx, q, id, before.Version, after.State, after.SettledBy, int64(after.SettledAt), after.Version); err != nil {
		return before, err
	}
	tx.At(after.PlacePath)
	tx.Changed(ref.Ref{Kind: "doubt", ID: id}, before, after)
	return after, nil
}

package people

import (
	"context"
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// Need is a kind of care that somebody needs when an area is closed.
//
// Source: the special-care roster for high-risk zones of 新型冠状病毒肺炎防控方案（第九版）,
// with patients in tumour treatment (Xi'an, January 2022) and the further groups of the product's own list.
type Need string

// The needs.
const (
	LivesAloneElderly Need = "lives_alone_elderly"
	MinorAlone        Need = "minor_alone"
	Pregnant          Need = "pregnant"
	PostPartum        Need = "post_partum"
	Disabled          Need = "disabled"
	LimitedMobility   Need = "limited_mobility"
	Haemodialysis     Need = "haemodialysis"
	Psychiatric       Need = "psychiatric"
	ChronicDisease    Need = "chronic_disease"
	TumourTreatment   Need = "tumour_treatment"
	Infant            Need = "infant"
	StudentAlone      Need = "student_alone"
	LanguageHelp      Need = "language_help"
	HomeOxygen        Need = "home_oxygen"
	Palliative        Need = "palliative"
	RegularMedicine   Need = "regular_medicine"
)

// AllNeeds are all needs. The place in this list is the bit in Needs and in the database:
// new needs go to the end.
var AllNeeds = []Need{
	LivesAloneElderly, MinorAlone, Pregnant, PostPartum, Disabled, LimitedMobility, Haemodialysis, Psychiatric, ChronicDisease,
	TumourTreatment, Infant, StudentAlone, LanguageHelp, HomeOxygen, Palliative, RegularMedicine,
}

// Needs is a set of needs.
type Needs int64

// NeedsOf is the set of the given needs; unknown ones are left out.
func NeedsOf(all ...Need) Needs {
	var n Needs
	for _, x := range all {
		if i := slices.Index(AllNeeds, x); i >= 0 {
			n |= 1 << i
		}
	}
	return n
}

// List returns the needs in the set.
func (n Needs) List() []Need {
	out := make([]Need, 0, bits.OnesCount64(uint64(n)))
	for i, x := range AllNeeds {
		if n&(1<<i) != 0 {
			out = append(out, x)
		}
	}
	return out
}

// Has reports whether the need is in the set.
func (n Needs) Has(x Need) bool { return n&NeedsOf(x) != 0 }

// MarshalJSON writes the list.
func (n Needs) MarshalJSON() ([]byte, error) { return json.Marshal(n.List()) }

// Care is one need of a person, with the days on which it holds.
type Care struct {
	Need  Need      `json:"need"`
	Since store.Day `json:"since,omitempty"` // "" when not known
	Until store.Day `json:"until,omitempty"` // last day; "" for open
	Note  string    `json:"note,omitempty"`  // sealed in the database
}

const maxNote = 2000

// checkCare refuses needs that do not exist, stand twice or end before they begin.
func checkCare(all []Care, bad func(field, code string)) {
	seen := Needs(0)
	for _, c := range all {
		n := NeedsOf(c.Need)
		switch {
		case n == 0:
			bad("care", "unknown")
		case seen&n != 0:
			bad("care", "twice")
		case wrongDay(c.Since) || wrongDay(c.Until):
			bad("care", "bad_day")
		case c.Since != "" && c.Until != "" && c.Until < c.Since:
			bad("care", "ends_before_it_begins")
		case utf8.RuneCountInString(c.Note) > maxNote || wrongText(c.Note):
			bad("care", "bad_text")
		}
		seen |= n
	}
}

func wrongDay(d store.Day) bool {
	if d == "" {
		return false
	}
	_, ok := store.ParseDay(string(d))
	return !ok
}

func needsOf(all []Care) Needs {
	var n Needs
	for _, c := range all {
		n |= NeedsOf(c.Need)
	}
	return n
}

var careColumns = []string{"person_id", "need", "place_path", "since_on", "until_on", "note", "version"}

func (s *Service) careRow(p Person, c Care) ([]any, error) {
	note, err := s.vault.Seal(vault.Health, c.Note)
	return []any{string(p.ID), string(c.Need), p.PlacePath, store.OrNull(c.Since), store.OrNull(c.Until), note, int64(1)}, err
}

// CareOf returns the needs of the people with their days and notes, opened, in the order
// of AllNeeds. It does not apply the scope: the caller has loaded the people.
func (s *Service) CareOf(ctx context.Context, tx *op.Tx, all []ref.Person) (map[ref.Person][]Care, error) {
	type row struct {
		person ref.Person
		Care
	}
	rows, err := inBatches(ctx, tx, `SELECT person_id, need, since_on, until_on, note FROM people_care WHERE person_id IN (%s)`, argsOf(all), func(r store.Scanner) (x row, err error) {
		var note string
		if err := r.Scan(&x.person, &x.Need, &x.Since, &x.Until, &note); err != nil {
			return x, err
		}
		x.Note, err = s.vault.Open(vault.Health, note)
		return x, err
	})
	if err != nil {
		return nil, fmt.Errorf("load what care people need: %w", err)
	}
	out := make(map[ref.Person][]Care, len(all))
	for _, x := range rows {
		out[x.person] = append(out[x.person], x.Care)
	}
	for _, c := range out {
		slices.SortFunc(c, func(a, b Care) int { return slices.Index(AllNeeds, a.Need) - slices.Index(AllNeeds, b.Need) })
	}
	return out, nil
}

// saveCare writes the needs of a person over those before.
func (s *Service) saveCare(ctx context.Context, tx *op.Tx, p Person, before, after []Care) error {
	if slices.Equal(before, after) {
		return nil
	}
	if _, err := tx.Exec(ctx, `DELETE FROM people_care WHERE person_id = $1`, string(p.ID)); err != nil {
		return fmt.Errorf("save what care a person needs: %w", err)
	}
	rows := make([][]any, len(after))
	for i, c := range after {
		var err error
		if rows[i], err = s.careRow(p, c); err != nil {
			return err
		}
	}
	_, err := tx.Insert(ctx, "people_care", careColumns, rows)
	return err
}

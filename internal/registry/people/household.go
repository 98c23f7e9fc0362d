package people

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// HouseholdKind tells a family from people who share a door for another reason.
type HouseholdKind string

// The kinds of households.
const (
	Family     HouseholdKind = "family"
	Collective HouseholdKind = "collective" // dormitory, shared flat, institution
)

// Household is what is known about the people behind one door as a whole.
type Household struct {
	PlaceID   ref.Place     `json:"place_id" audit:"-"`
	PlacePath string        `json:"-" audit:"-"`
	Number    string        `json:"number" audit:"personal"` // 户号
	Kind      HouseholdKind `json:"kind" audit:"public"`
	HeadID    ref.Person    `json:"head_id" audit:"public"`
	Note      string        `json:"note" audit:"personal"`
	Version   int64         `json:"version" audit:"-"` // 0: nothing is recorded yet
}

// HouseholdChange is what changes about a household; nil leaves a part as it is.
type HouseholdChange struct {
	Number *string
	Kind   *HouseholdKind
	HeadID *ref.Person
	Note   *string
}

const householdColumns = `place_id, place_path, number, kind, head_id, note, version`

func (s *Service) scanHousehold(r store.Scanner) (Household, error) {
	var h Household
	if err := r.Scan(&h.PlaceID, &h.PlacePath, &h.Number, &h.Kind, store.Optional(&h.HeadID), &h.Note, &h.Version); err != nil {
		return h, err
	}
	for _, x := range []*string{&h.Number, &h.Note} {
		var err error
		if *x, err = s.vault.Open(vault.FreeText, *x); err != nil {
			return h, fmt.Errorf("open the household at place %s: %w", h.PlaceID, err)
		}
	}
	return h, nil
}

// household returns what is recorded; of a household without a record that it is a family.
func (s *Service) household(ctx context.Context, tx *op.Tx, at ref.Place) (Household, error) {
	h, err := s.scanHousehold(tx.QueryRow(ctx, `SELECT `+householdColumns+` FROM households WHERE place_id = $1`, string(at)))
	if fault.KindOf(err) == fault.NotFound {
		return Household{PlaceID: at, Kind: Family}, nil
	}
	return h, err
}

// door loads a place that is a door in the scope.
func door(ctx context.Context, tx *op.Tx, id ref.Place) (places.Place, error) {
	p, err := places.Load(ctx, tx, id)
	if err == nil && p.Level != places.Household {
		return p, fault.NotFoundf("people.no_household", "this place is no door")
	}
	return p, err
}

// HouseholdFile is a household with its people, masked.
type HouseholdFile struct {
	Place        PlaceRef      `json:"place"`
	NumberMasked string        `json:"number_masked"`
	Kind         HouseholdKind `json:"kind"`
	HeadID       ref.Person    `json:"head_id"`
	NoteMasked   string        `json:"note_masked"`
	Members      []Row         `json:"members"`
	Care         []NeedCount   `json:"care"`
	Lon          *float64      `json:"lon"` // of the door, else of the nearest place above that has a position
	Lat          *float64      `json:"lat"`
	BuildingID   ref.Place     `json:"building_id"` // "" when no building stands above the door
	Path         string        `json:"-"`
	Version      int64         `json:"version"`
}

// NeedCount is how many people of a household have a need.
type NeedCount struct {
	Need  Need `json:"need"`
	Count int  `json:"count"`
}

// OpenHousehold returns the household behind a door (operation ViewHousehold). The trail
// keeps that the files of its members were read.
func (s *Service) OpenHousehold(ctx context.Context, tx *op.Tx, at ref.Place) (HouseholdFile, error) {
	p, err := door(ctx, tx, at)
	if err != nil {
		return HouseholdFile{}, err
	}
	h, err := s.household(ctx, tx, at)
	if err != nil {
		return HouseholdFile{}, fmt.Errorf("load a household: %w", err)
	}
	f := HouseholdFile{
		Kind: h.Kind, HeadID: h.HeadID, Version: h.Version, NumberMasked: vault.Mask(vault.FreeText, h.Number), NoteMasked: vault.Mask(vault.FreeText, h.Note),
		Place: PlaceRef{ID: p.ID, Name: p.Name}, Lon: p.Lon, Lat: p.Lat, Path: p.Path,
	}
	if f.Members, err = s.membersBut(ctx, tx, p.Path, ""); err != nil {
		return HouseholdFile{}, fmt.Errorf("load the members of a household: %w", err)
	}
	tx.At(p.Path)
	tx.Looked(p.ID.Ref())
	for _, m := range f.Members {
		tx.Looked(m.ID.Ref())
		if f.HeadID == "" && m.Relation == Head {
			f.HeadID = m.ID
		}
	}
	f.Care = counted(f.Members)
	return f, f.surroundings(ctx, tx, p)
}

func counted(members []Row) []NeedCount {
	out := []NeedCount{}
	for _, n := range AllNeeds {
		count := 0
		for _, m := range members {
			if slices.Contains(m.Care, n) {
				count++
			}
		}
		if count > 0 {
			out = append(out, NeedCount{n, count})
		}
	}
	return out
}

func (f *HouseholdFile) surroundings(ctx context.Context, tx *op.Tx, p places.Place) error {
	trails, err := places.Trails(ctx, tx, []string{p.Path})
	if err != nil {
		return err
	}
	f.Place.Trail = trails[p.Path].String()
	above, err := places.Ancestors(ctx, tx, p)
	if err != nil {
		return err
	}
	for _, a := range slices.Backward(above) {
		if f.Lon == nil {
			f.Lon, f.Lat = a.Lon, a.Lat
		}
		if a.Level == places.Building {
			f.BuildingID = a.ID
		}
	}
	return nil
}

// ChangeHousehold edits the household behind a door that still is at the given version, 0
// for one without a record (operation UpdateHousehold).
func (s *Service) ChangeHousehold(ctx context.Context, tx *op.Tx, at ref.Place, version int64, c HouseholdChange) (Household, error) {
	p, err := door(ctx, tx, at)
	if err != nil {
		return Household{}, err
	}
	before, err := s.household(ctx, tx, at)
	if err != nil {
		return Household{}, fmt.Errorf("load a household: %w", err)
	}
	if before.Version != version {
		return Household{}, store.ErrStale
	}
	after := before
	after.PlacePath = p.Path
	set(&after.Number, c.Number)
	set(&after.Note, c.Note)
	if c.Kind != nil {
		after.Kind = *c.Kind
	}
	if c.HeadID != nil {
		after.HeadID = *c.HeadID
	}
	if err := s.checkHousehold(ctx, tx, before, &after); err != nil {
		return Household{}, err
	}
	after.Version++
	if err := s.saveHouseholds(ctx, tx, []Household{after}); err != nil {
		return Household{}, err
	}
	tx.At(p.Path)
	if before.Version == 0 {
		tx.Changed(ref.Ref{Kind: "household", ID: string(at)}, nil, after)
	} else {
		tx.Changed(ref.Ref{Kind: "household", ID: string(at)}, before, after)
	}
	return after, nil
}

func (s *Service) checkHousehold(ctx context.Context, tx *op.Tx, before Household, h *Household) error {
	h.Number = strings.TrimSpace(h.Number)
	f := fault.Invalidf("people.household_invalid", "the household has wrong fields")
	if h.Kind != Family && h.Kind != Collective {
		f.With("kind", "unknown")
	}
	if utf8.RuneCountInString(h.Number) > maxKey || wrongText(h.Number) {
		f.With("number", "bad_text")
	}
	if utf8.RuneCountInString(h.Note) > maxNote || wrongText(h.Note) {
		f.With("note", "bad_text")
	}
	if h.HeadID != "" && h.HeadID != before.HeadID {
		head, err := s.Load(ctx, tx, h.HeadID)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if err != nil || head.PlacePath != h.PlacePath {
			f.With("head_id", "not_a_member")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// saveHouseholds writes households over the version before theirs.
func (s *Service) saveHouseholds(ctx context.Context, tx *op.Tx, all []Household) error {
	const q = `INSERT INTO households (place_id, place_path, number, number_hash, kind, head_id, note, version, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (place_id) DO UPDATE SET place_path = $2, number = $3, number_hash = $4, kind = $5, head_id = $6, note = $7, version = $8, updated_at = $9
		WHERE households.version = $8 - 1`
	for _, h := range all {
		number, err := s.vault.Seal(vault.FreeText, h.Number)
		if err != nil {
			return err
		}
		note, err := s.vault.Seal(vault.FreeText, h.Note)
		if err != nil {
			return err
		}
		err = tx.ExecOne(ctx, q, string(h.PlaceID), h.PlacePath, number, s.vault.Key(doorNumber, h.Number), string(h.Kind), store.OrNull(h.HeadID), note, h.Version, int64(tx.Now()))
		if err != nil {
			return err
		}
	}
	return nil
}

// HouseholdRow is a household in a list.
type HouseholdRow struct {
	PlaceID      ref.Place `json:"place_id"`
	PlaceName    string    `json:"place_name"`
	Trail        string    `json:"trail"`
	Floor        int64     `json:"floor"` // 0 when not known
	Size         int       `json:"size"`
	Elderly      int       `json:"elderly"` // 60 completed years and more
	Minors       int       `json:"minors"`
	Care         []Need    `json:"care"`
	NumberMasked string    `json:"number_masked"`
	path         string
	needs        Needs
}

// HouseholdPage is one page of the doors below a place. Total counts all doors, those
// behind which nobody is known to live too.
type HouseholdPage struct {
	Items []HouseholdRow
	Next  string
	Total int64
}

// elderly is the age from which somebody is an elderly person.
//
// Source: 中华人民共和国老年人权益保障法 art. 2.
const elderly = 60

// Households lists the doors at path and below it in the scope, door by door (operation
// ListHouseholds). The cursor is the one a page gave.
func (s *Service) Households(ctx context.Context, tx *op.Tx, path, cursor string, limit int) (HouseholdPage, error) {
	if limit = min(limit, largestLimit); limit <= 0 {
		limit = defaultLimit
	}
	scope := tx.Scope()
	if path != "" {
		scope = scope.Within(path)
	}
	var page HouseholdPage
	w := where{parts: []string{"p.level = 'household' AND p.retired_on IS NULL"}}
	w.parts = append(w.parts, scope.SQL("p.path", &w.args))
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM places p WHERE `+w.text(), w.args...).Scan(&page.Total); err != nil {
		return page, fmt.Errorf("count households: %w", err)
	}
	if cursor != "" {
		if strings.Trim(cursor, "0123456789.") != "" {
			return page, badCursor()
		}
		w.add("p.path > ?", cursor)
	}
	w.args = append(w.args, limit+1)
	q := `SELECT p.id, p.path, p.name, p.floors FROM places p WHERE ` + w.text() + fmt.Sprintf(` ORDER BY p.path LIMIT $%d`, len(w.args))
	r, err := tx.Query(ctx, q, w.args...)
	page.Items, err = store.Collect(r, err, func(r store.Scanner) (h HouseholdRow, err error) {
		return h, r.Scan(&h.PlaceID, &h.path, &h.PlaceName, &h.Floor)
	})
	if err != nil {
		return page, fmt.Errorf("list households: %w", err)
	}
	if len(page.Items) > limit {
		page.Items = page.Items[:limit]
		page.Next = page.Items[limit-1].path
	}
	return page, s.fillHouseholds(ctx, tx, page.Items)
}

// fillHouseholds adds who lives behind the doors.
func (s *Service) fillHouseholds(ctx context.Context, tx *op.Tx, items []HouseholdRow) error {
	paths, ids := make([]string, len(items)), make([]ref.Place, len(items))
	byPath, byID := make(map[string]*HouseholdRow, len(items)), make(map[ref.Place]*HouseholdRow, len(items))
	for i := range items {
		h := &items[i]
		paths[i], ids[i], byPath[h.path], byID[h.PlaceID] = h.path, h.PlaceID, h, h
	}
	day := today(tx)
	_, err := inBatches(ctx, tx, `SELECT p.place_path, p.birth_on, p.traits FROM people p WHERE p.place_path IN (%s)`, argsOf(paths), func(r store.Scanner) (none struct{}, err error) {
		var path string
		var born store.Day
		var t traits
		if err := r.Scan(&path, &born, &t); err != nil || t&isRegistered == 0 {
			return none, err
		}
		h := byPath[path]
		h.Size++
		h.needs |= Needs(t & needsMask)
		if age, ok := Age(born, day); ok && age >= elderly {
			h.Elderly++
		} else if ok && age < adultAge {
			h.Minors++
		}
		return none, nil
	})
	if err != nil {
		return fmt.Errorf("count the members of households: %w", err)
	}
	_, err = inBatches(ctx, tx, `SELECT `+householdColumns+` FROM households WHERE place_id IN (%s)`, argsOf(ids), func(r store.Scanner) (none struct{}, err error) {
		h, err := s.scanHousehold(r)
		if err == nil {
			byID[h.PlaceID].NumberMasked = vault.Mask(vault.FreeText, h.Number)
		}
		return none, err
	})
	if err != nil {
		return fmt.Errorf("load households: %w", err)
	}
	trails, err := places.Trails(ctx, tx, paths)
	for i := range items {
		items[i].Care, items[i].Trail = items[i].needs.List(), trails[items[i].path].String()
	}
	return err
}

package people

import (
	"context"
	"strings"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// prefetch loads everybody whom the rows may be about, wherever they live, in a few
// statements: by number, by external key, by name with birthday, by phone; and those
// behind the doors at which a guardian is named.
func (s *session) prefetch(ctx context.Context, tx *op.Tx, all []planned) error {
	var w wanted
	for i := range all {
		if p := &all[i]; p.refusal == nil {
			s.want(&w, p)
		}
	}
	found, err := s.register.lookUp(ctx, tx, w)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		s.learnPeople(found)
	}
	return s.learnHouseholds(ctx, tx, w.households)
}

// wanted is what a batch asks the register for.
type wanted struct {
	numbers, keys []string
	births        []nameAndBirth
	phones        []int64
	doors         []string
	households    []int64
}

type nameAndBirth struct {
	name  int64
	birth string
}

func (s *session) want(w *wanted, p *planned) {
	d := &p.d
	if d.IDNumber != "" {
		w.numbers = append(w.numbers, s.register.numberHash(d.IDNumber))
	}
	if d.ExternalKey != "" {
		w.keys = append(w.keys, d.ExternalKey)
	}
	if d.Name != "" && d.BirthOn != "" {
		w.births = append(w.births, nameAndBirth{s.register.nameKey(d.Name), string(d.BirthOn)})
	}
	if d.Name != "" && d.Phone != "" {
		w.phones = append(w.phones, s.register.phoneKey(d.Phone))
	}
	if g := p.row.Text(fGuardian); g != "" {
		if isDocument(g) {
			w.numbers = append(w.numbers, s.register.numberHash(g))
		} else if p.home.door {
			w.doors = append(w.doors, p.home.path)
		}
	}
	if number := p.row.Text(fHouseNo); number != "" {
		w.households = append(w.households, s.register.vault.Key(doorNumber, number))
	}
}

// isDocument reports whether a text is a document number and no name.
func isDocument(text string) bool { return strings.ContainsAny(text, "0123456789") }

func (s *Service) lookUp(ctx context.Context, tx *op.Tx, w wanted) ([]Person, error) {
	byNumber, err := by(ctx, tx, s, "id_number_hash", w.numbers)
	if err != nil {
		return nil, err
	}
	byKey, err := by(ctx, tx, s, "external_key", w.keys)
	if err != nil {
		return nil, err
	}
	byPhone, err := by(ctx, tx, s, "phone_hash", w.phones)
	if err != nil {
		return nil, err
	}
	atDoor, err := by(ctx, tx, s, "place_path", w.doors)
	if err != nil {
		return nil, err
	}
	if len(w.births) == 0 {
		return append(append(append(byNumber, byKey...), byPhone...), atDoor...), nil
	}
	byBirth, err := s.byBirth(ctx, tx, w.births)
	return append(append(append(append(byNumber, byKey...), byPhone...), atDoor...), byBirth...), err
}

// byBirth reads the people of these names born on these days.
func (s *Service) byBirth(ctx context.Context, tx *op.Tx, pairs []nameAndBirth) ([]Person, error) {
	const q = ` FROM wanted CROSS JOIN people p WHERE p.name_hash <> 0 AND p.name_hash = wanted.name AND p.birth_on = wanted.birth`
	if tx.Dialect() == store.Postgres {
		names, births := make([]int64, len(pairs)), make([]string, len(pairs))
		for i, p := range pairs {
			names[i], births[i] = p.name, p.birth
		}
		const list = `WITH wanted (name, birth) AS (SELECT name, birth FROM unnest(CAST($1 AS BIGINT[]), CAST($2 AS TEXT[])) AS w (name, birth)) SELECT `
		rows, err := tx.Query(ctx, list+qualified+q, names, births)
		return store.Collect(rows, err, s.scan)
	}
	var out []Person
	for len(pairs) > 0 {
		n := min(len(pairs), lookupBatch)
		list, args := strings.Repeat(`, (?, ?)`, n)[2:], make([]any, 0, 2*n)
		for _, p := range pairs[:n] {
			args = append(args, p.name, p.birth)
		}
		rows, err := tx.Query(ctx, `WITH wanted (name, birth) AS (VALUES `+list+`) SELECT `+qualified+q, args...)
		found, err := store.Collect(rows, err, s.scan)
		if err != nil {
			return nil, err
		}
		out, pairs = append(out, found...), pairs[n:]
	}
	return out, nil
}

// learnPeople makes people of the register findable. Who is known already stays: the
// session may have changed them.
func (s *session) learnPeople(found []Person) {
	seen := map[ref.Person]bool{}
	for _, known := range s.byName {
		for _, p := range known {
			seen[p.ID] = true
		}
	}
	for i := range found {
		if p := &found[i]; !seen[p.ID] {
			seen[p.ID] = true
			s.remember(p)
		}
	}
}

// remember makes a person findable for the rows after this one.
func (s *session) remember(p *Person) {
	if p.IDNumber != "" {
		s.byNumber[p.IDNumber] = p
	}
	if p.ExternalKey != "" {
		s.byKey[p.ExternalKey] = p
	}
	name := normalName(p.Name)
	for _, known := range s.byName[name] {
		if known == p {
			return
		}
	}
	s.byName[name] = append(s.byName[name], p)
}

// learnHouseholds notes at which doors of the register the household numbers stand.
func (s *session) learnHouseholds(ctx context.Context, tx *op.Tx, numbers []int64) error {
	var open []int64
	for _, n := range numbers {
		if _, known := s.numbered[n]; !known {
			open = append(open, n)
		}
	}
	type at struct {
		number int64
		path   string
	}
	found, err := inBatches(ctx, tx, `SELECT number_hash, place_path FROM households WHERE number_hash <> 0 AND number_hash IN (%s)`, distinct(open), func(r store.Scanner) (x at, err error) {
		return x, r.Scan(&x.number, &x.path)
	})
	for _, x := range found {
		s.numbered[x.number] = x.path
	}
	return err
}

// family finds the guardian and the household, and notes what is doubtful about them.
func (s *session) family(tx *op.Tx, r importer.Row, p *Person, out *prepared) {
	day := today(tx)
	if g := r.Text(fGuardian); g != "" {
		if found := s.guardian(g, *p); found != nil && found.ID != p.ID && !Minor(found.BirthOn, day) && found.GuardianID == "" {
			p.GuardianID = found.ID
		} else if p.GuardianID == "" && out.create {
			out.doubts = append(out.doubts, UnknownGuardian)
		}
	} else if p.GuardianID == "" && s.opt.Has(fGuardian) && out.create && Minor(p.BirthOn, day) {
		out.doubts = append(out.doubts, NoGuardian)
	}
	if out.create && p.Name == "" {
		out.doubts = append(out.doubts, NoName)
	}
	number := r.Text(fHouseNo)
	if number == "" || !p.AtDoor {
		return
	}
	out.number = number
	key := s.register.vault.Key(doorNumber, number)
	if path, known := s.numbered[key]; !known {
		s.numbered[key] = p.PlacePath
	} else if path != p.PlacePath && (out.create || out.before.PlacePath != p.PlacePath) {
		out.number, out.doubts = "", append(out.doubts, TwoDoors)
	}
}

// guardian finds whom a row names as the guardian: by document number anywhere, by name
// among those behind the same door.
func (s *session) guardian(text string, ward Person) *Person {
	if isDocument(text) {
		return s.byNumber[normalNumber(text)]
	}
	for _, p := range s.byName[normalName(text)] {
		if p.PlacePath == ward.PlacePath && ward.AtDoor {
			return p
		}
	}
	return nil
}

// suspects are the people of the register whom a new one may be, though the row did not
// say enough to be sure: the same name with the same birthday or phone.
func (s *session) suspects(p Person) []Suspicion {
	if p.Name == "" {
		return nil
	}
	var out []Suspicion
	for _, o := range s.byName[normalName(p.Name)] {
		birth, phone := agree(string(o.BirthOn), string(p.BirthOn)), agree(normalPhone(o.Phone), normalPhone(p.Phone))
		if birth <= 0 && phone <= 0 {
			continue
		}
		if like := Compare(*o, p); like.Suspicious {
			out = append(out, Suspicion{A: o.ID, B: p.ID, Reasons: like.Reasons, FoundBy: FoundByImport})
		}
	}
	return out
}

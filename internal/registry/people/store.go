package people

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"strings"
	"sync"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
)

// Service keeps the register. It is safe for concurrent use.
type Service struct {
	vault     *vault.Vault
	retention Retention
}

// New returns the service, which seals with v.
func New(v *vault.Vault) *Service { return &Service{vault: v} }

// KeepBy sets the rules by which new records get their end. Without them only an end that
// is stated counts.
func (s *Service) KeepBy(r Retention) { s.retention = r }

const columns = `id, place_id, place_path, category, name, phone, id_kind, id_number, address, sex, birth_on, relation, guardian_id, workplace_id,
	traits, details, vehicle, home_since, keep_until, external_key, extra, registered, version, created_at, updated_at`

// qualified are the columns of people under the name p.
var qualified = "p." + strings.Join(strings.FieldsFunc(columns, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' }), ", p.")

var insertColumns = []string{"id", "place_id", "place_path", "category", "name", "name_hash", "initials_key", "pinyin_key", "phone", "phone_hash",
	"id_kind", "id_number", "id_number_hash", "address", "sex", "birth_on", "relation", "guardian_id", "workplace_id", "traits", "details",
	"vehicle", "vehicle_hash", "home_since", "keep_until", "external_key", "extra", "registered", "version", "created_at", "updated_at"}

func (s *Service) scan(r store.Scanner) (Person, error) {
	var p Person
	var details, extra string
	var t traits
	err := r.Scan(&p.ID, store.Optional(&p.PlaceID), &p.PlacePath, &p.Category, &p.Name, &p.Phone, &p.IDKind, &p.IDNumber, &p.Address, &p.Sex, &p.BirthOn,
		&p.Relation, store.Optional(&p.GuardianID), store.Optional(&p.WorkplaceID), &t, &details, &p.Vehicle, &p.HomeSince, &p.KeepUntil,
		&p.ExternalKey, &extra, &p.Registered, &p.Version, &p.CreatedAt, &p.UpdatedAt)
	if err != nil {
		return p, err
	}
	p.Needs, p.AtDoor = Needs(t&needsMask), t&atDoor != 0
	for _, x := range p.sealed(&details, &extra) {
		if *x.text, err = s.vault.Open(x.class, *x.text); err != nil {
			return p, fmt.Errorf("open person %s: %w", p.ID, err)
		}
	}
	if err := decode(details, &p.Contact); err != nil {
		return p, fmt.Errorf("read the details of person %s: %w", p.ID, err)
	}
	if err := decode(extra, &p.Extra); err != nil {
		return p, fmt.Errorf("read the extra columns of person %s: %w", p.ID, err)
	}
	return p, nil
}

func decode(text string, dst any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), dst)
}

// sealedText is a text that is sealed in the database.
type sealedText struct {
	text  *string
	class vault.Class
}

// sealed lists the sealed columns of people with their classes.
func (p *Person) sealed(details, extra *string) [7]sealedText {
	return [7]sealedText{{&p.Name, vault.Name}, {&p.Phone, vault.Phone}, {&p.IDNumber, vault.IDNumber}, {&p.Address, vault.Address},
		{details, vault.FreeText}, {&p.Vehicle, vault.FreeText}, {extra, vault.FreeText}}
}

// seal returns the person as they look in the database, with the details and the extra columns.
func (s *Service) seal(p Person) (out Person, details, extra string, err error) {
	if p.Contact != (Contact{}) {
		b, err := json.Marshal(p.Contact)
		if err != nil {
			return p, "", "", err
		}
		details = string(b)
	}
	if len(p.Extra) > 0 {
		b, err := json.Marshal(p.Extra)
		if err != nil {
			return p, "", "", err
		}
		extra = string(b)
	}
	for _, x := range p.sealed(&details, &extra) {
		if *x.text == "" {
			continue
		}
		if *x.text, err = s.vault.Seal(x.class, *x.text); err != nil {
			return p, "", "", fmt.Errorf("seal person %s: %w", p.ID, err)
		}
	}
	return p, details, extra, nil
}

// hashes are the keyed hashes by which a person is found exactly.
type hashes struct {
	name, phone int64
	number      string
}

func (s *Service) hashes(i Identity) hashes {
	return hashes{name: s.nameKey(i.Name), phone: s.phoneKey(i.Phone), number: s.numberHash(i.IDNumber)}
}

func (s *Service) numberHash(number string) string {
	return s.vault.Hash(vault.IDNumber, normalNumber(number))
}

// record is a person as rows of the database.
type record struct {
	row    []any
	sounds []sound
}

func (s *Service) record(p Person) (record, error) {
	x, details, extra, err := s.seal(p)
	if err != nil {
		return record{}, err
	}
	h, sounds, first := s.hashes(p.Identity()), s.sounds(p.Name), sound{}
	if len(sounds) > 0 {
		first, sounds = sounds[0], sounds[1:]
	}
	return record{sounds: sounds, row: []any{string(p.ID), store.OrNull(p.PlaceID), p.PlacePath, string(p.Category), x.Name, h.name, first.initials, first.pinyin,
		x.Phone, h.phone, string(p.IDKind), x.IDNumber, h.number, x.Address, string(p.Sex), store.OrNull(p.BirthOn), string(p.Relation),
		store.OrNull(p.GuardianID), store.OrNull(p.WorkplaceID), int64(p.traits()), details, x.Vehicle, s.plateKey(p.Vehicle),
		store.OrNull(p.HomeSince), store.OrNull(p.KeepUntil), p.ExternalKey, extra, p.Registered, p.Version, int64(p.CreatedAt), int64(p.UpdatedAt)}}, nil
}

// records seals and hashes on all processors: that is most of the work of an insertion
// that is not the database's.
func (s *Service) records(all []Person) ([]record, error) {
	out := make([]record, len(all))
	workers := min(runtime.GOMAXPROCS(0), len(all)/64+1)
	errs := make([]error, workers)
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for i := w; i < len(all); i += workers {
				if out[i], errs[w] = s.record(all[i]); errs[w] != nil {
					return
				}
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

var readingColumns = []string{"person_id", "place_path", "initials_key", "pinyin_key"}

// insert writes new people, with their other readings. care holds the needs of each, or
// is nil.
func (s *Service) insert(ctx context.Context, tx *op.Tx, all []Person, care [][]Care) error {
	records, err := s.records(all)
	if err != nil {
		return err
	}
	rows := make([][]any, len(all))
	var readings, needs [][]any
	for i, r := range records {
		rows[i] = r.row
		readings = append(readings, readingRows(all[i], r.sounds)...)
		if care == nil {
			continue
		}
		for _, c := range care[i] {
			row, err := s.careRow(all[i], c)
			if err != nil {
				return err
			}
			needs = append(needs, row)
		}
	}
	if _, err := tx.Insert(ctx, "people", insertColumns, rows); err != nil {
		return taken(err)
	}
	if _, err := tx.Insert(ctx, "people_readings", readingColumns, readings); err != nil {
		return err
	}
	_, err = tx.Insert(ctx, "people_care", careColumns, needs)
	return err
}

func readingRows(p Person, others []sound) [][]any {
	var out [][]any
	for _, x := range others {
		out = append(out, []any{string(p.ID), p.PlacePath, x.initials, x.pinyin})
	}
	return out
}

// save writes an edited person over version before.Version. With sameVersion the edit
// belongs to the one before it and does not count as a new version.
func (s *Service) save(ctx context.Context, tx *op.Tx, before, after Person, sameVersion bool) (Person, error) {
	after.Version, after.UpdatedAt = before.Version+1, tx.Now()
	if sameVersion {
		after.Version = before.Version
	}
	r, err := s.record(after)
	if err != nil {
		return after, err
	}
	const q = `UPDATE people SET place_id = $2, place_path = $3, category = $4, name = $5, name_hash = $6, initials_key = $7, pinyin_key = $8,
		phone = $9, phone_hash = $10, id_kind = $11, id_number = $12, id_number_hash = $13, address = $14, sex = $15, birth_on = $16, relation = $17,
		guardian_id = $18, workplace_id = $19, traits = $20, details = $21, vehicle = $22, vehicle_hash = $23, home_since = $24, keep_until = $25,
		external_key = $26, extra = $27, registered = $28, version = $29, updated_at = $30
		WHERE id = $1 AND version = $31`
	args := append(r.row[:len(r.row)-2:len(r.row)-2], int64(after.UpdatedAt), before.Version) // all but created_at
	if err := tx.ExecOne(ctx, q, args...); err != nil {
		return after, taken(err)
	}
	if before.Name == after.Name && before.PlacePath == after.PlacePath {
		return after, nil
	}
	return after, s.saveReadings(ctx, tx, before, after, r.sounds)
}

// saveReadings brings what hangs on a person's name and place up to date.
func (s *Service) saveReadings(ctx context.Context, tx *op.Tx, before, after Person, others []sound) error {
	if before.PlacePath != after.PlacePath {
		if _, err := tx.Exec(ctx, `UPDATE people_care SET place_path = $2 WHERE person_id = $1`, string(after.ID), after.PlacePath); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM people_readings WHERE person_id = $1`, string(after.ID)); err != nil {
		return err
	}
	_, err := tx.Insert(ctx, "people_readings", readingColumns, readingRows(after, others))
	return err
}

// where reads people by one condition without regard to the scope.
func (s *Service) where(ctx context.Context, tx *op.Tx, condition string, args ...any) ([]Person, error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM people WHERE `+condition+` ORDER BY id`, args...)
	return store.Collect(rows, err, s.scan)
}

// lookupBatch is how many values one IN list holds.
const lookupBatch = 1000

// by reads the people whose column has one of the values, without regard to the scope.
// Empty values find nobody.
func by[T int64 | string](ctx context.Context, tx *op.Tx, s *Service, column string, values []T) ([]Person, error) {
	var none T
	empty := "''"
	if _, isNumber := any(none).(int64); isNumber {
		empty = "0"
	}
	values = unique(values)
	if len(values) == 0 {
		return nil, nil
	}
	q := `SELECT ` + columns + ` FROM people WHERE ` + column + ` <> ` + empty + ` AND ` + column
	if tx.Dialect() == store.Postgres { // a list of a thousand parameters costs more to plan than to look up
		rows, err := tx.Query(ctx, q+` = ANY($1)`, values)
		return store.Collect(rows, err, s.scan)
	}
	return inBatches(ctx, tx, q+` IN (%s)`, anys(values), s.scan)
}

// distinct are the values as arguments, without repetitions and without the empty one.
func distinct[T comparable](values []T) []any { return anys(unique(values)) }

// unique are the values without repetitions and without the empty one.
func unique[T comparable](values []T) []T {
	var none T
	seen := make(map[T]bool, len(values))
	out := make([]T, 0, len(values))
	for _, v := range values {
		if v != none && !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// argsOf are ids as arguments, without repetitions and without the empty one.
func argsOf[T ~string](all []T) []any {
	texts := make([]string, len(all))
	for i, id := range all {
		texts[i] = string(id)
	}
	return distinct(texts)
}

func anys[T any](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

// inBatches runs query for all values, lookupBatch at a time. The query's only IN list is
// the verb %s and its values are the only arguments.
func inBatches[T any](ctx context.Context, tx *op.Tx, query string, values []any, scan func(store.Scanner) (T, error)) ([]T, error) {
	var out []T
	for len(values) > 0 {
		n := min(len(values), lookupBatch)
		rows, err := tx.Query(ctx, fmt.Sprintf(query, marks(0, n)), values[:n]...)
		found, err := store.Collect(rows, err, scan)
		if err != nil {
			return nil, err
		}
		out, values = append(out, found...), values[n:]
	}
	return out, nil
}

// marks returns "$4, $5, $6" for n further arguments after have.
func marks(have, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", have+i+1)
	}
	return b.String()
}

// same reports whether two states of a person say the same.
func same(a, b Person) bool {
	return a.PlaceID == b.PlaceID && a.Category == b.Category && a.Identity() == b.Identity() && a.IDKind == b.IDKind && a.BirthOn == b.BirthOn &&
		a.Relation == b.Relation && a.GuardianID == b.GuardianID && a.WorkplaceID == b.WorkplaceID && a.Contact == b.Contact && a.Vehicle == b.Vehicle &&
		a.Needs == b.Needs && a.HomeSince == b.HomeSince && a.KeepUntil == b.KeepUntil && a.ExternalKey == b.ExternalKey && a.Registered == b.Registered &&
		maps.Equal(a.Extra, b.Extra)
}

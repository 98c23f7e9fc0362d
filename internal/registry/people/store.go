package people

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
)

// Service keeps the register. It is safe for concurrent use.
type Service struct{ vault *vault.Vault }

// New returns the service, which seals with v.
func New(v *vault.Vault) *Service { return &Service{vault: v} }

const columns = `id, place_id, place_path, name, phone, id_kind, id_number, address, sex, birth_on, external_key, extra, registered,
	version, created_at, updated_at`

var insertColumns = []string{"id", "place_id", "place_path", "name", "name_hash", "phone", "phone_hash", "id_kind", "id_number", "id_number_hash",
	"address", "sex", "birth_on", "external_key", "extra", "registered", "version", "created_at", "updated_at"}

func (s *Service) scan(r store.Scanner) (Person, error) {
	var p Person
	var name, phone, number, address, extra string
	err := r.Scan(&p.ID, store.Optional(&p.PlaceID), &p.PlacePath, &name, &phone, &p.IDKind, &number, &address, &p.Sex, &p.BirthOn,
		&p.ExternalKey, &extra, &p.Registered, &p.Version, &p.CreatedAt, &p.UpdatedAt)
	if err != nil {
		return p, err
	}
	for _, x := range []struct {
		dst    *string
		class  vault.Class
		sealed string
	}{{&p.Name, vault.Name, name}, {&p.Phone, vault.Phone, phone}, {&p.IDNumber, vault.IDNumber, number}, {&p.Address, vault.Address, address}, {&extra, vault.FreeText, extra}} {
		if *x.dst, err = s.vault.Open(x.class, x.sealed); err != nil {
			return p, fmt.Errorf("open person %s: %w", p.ID, err)
		}
	}
	if extra == "" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(extra), &p.Extra); err != nil {
		return p, fmt.Errorf("read the extra columns of person %s: %w", p.ID, err)
	}
	return p, nil
}

// sealed is what a person looks like in the database: the columns from name on that hold
// an identity.
type sealed struct{ name, phone, number, address, extra string }

func (s *Service) seal(p Person) (sealed, error) {
	extra := ""
	if len(p.Extra) > 0 {
		b, err := json.Marshal(p.Extra)
		if err != nil {
			return sealed{}, err
		}
		extra = string(b)
	}
	var out sealed
	for _, x := range []struct {
		dst   *string
		class vault.Class
		plain string
	}{{&out.name, vault.Name, p.Name}, {&out.phone, vault.Phone, p.Phone}, {&out.number, vault.IDNumber, p.IDNumber}, {&out.address, vault.Address, p.Address}, {&out.extra, vault.FreeText, extra}} {
		var err error
		if *x.dst, err = s.vault.Seal(x.class, x.plain); err != nil {
			return out, fmt.Errorf("seal person %s: %w", p.ID, err)
		}
	}
	return out, nil
}

// hashes are the keyed hashes by which a person is found.
type hashes struct{ name, phone, number string }

func (s *Service) hashes(i Identity) hashes {
	return hashes{
		name:   s.vault.Hash(vault.Name, normalName(i.Name)),
		phone:  s.vault.Hash(vault.Phone, normalPhone(i.Phone)),
		number: s.vault.Hash(vault.IDNumber, normalNumber(i.IDNumber)),
	}
}

func (s *Service) insert(ctx context.Context, tx *op.Tx, all []Person) error {
	rows := make([][]any, len(all))
	for i, p := range all {
		x, err := s.seal(p)
		if err != nil {
			return err
		}
		h := s.hashes(p.Identity())
		rows[i] = []any{string(p.ID), store.OrNull(p.PlaceID), p.PlacePath, x.name, h.name, x.phone, h.phone, string(p.IDKind), x.number, h.number,
			x.address, string(p.Sex), store.OrNull(p.BirthOn), p.ExternalKey, x.extra, p.Registered, p.Version, int64(p.CreatedAt), int64(p.UpdatedAt)}
	}
	_, err := tx.Insert(ctx, "people", insertColumns, rows)
	return taken(err)
}

// save writes an edited person over version before.Version. With sameVersion the edit
// belongs to the one before it and does not count as a new version.
func (s *Service) save(ctx context.Context, tx *op.Tx, before, after Person, sameVersion bool) (Person, error) {
	after.Version, after.UpdatedAt = before.Version+1, tx.Now()
	if sameVersion {
		after.Version = before.Version
	}
	x, err := s.seal(after)
	if err != nil {
		return after, err
	}
	h := s.hashes(after.Identity())
	const q = `UPDATE people SET place_id = $3, place_path = $4, name = $5, name_hash = $6, phone = $7, phone_hash = $8, id_kind = $9,
		id_number = $10, id_number_hash = $11, address = $12, sex = $13, birth_on = $14, external_key = $15, extra = $16,
		registered = $17, version = $18, updated_at = $19
		WHERE id = $1 AND version = $2`
	err = tx.ExecOne(ctx, q, string(after.ID), before.Version, store.OrNull(after.PlaceID), after.PlacePath, x.name, h.name, x.phone, h.phone,
		string(after.IDKind), x.number, h.number, x.address, string(after.Sex), after.BirthOn, after.ExternalKey, x.extra, after.Registered,
		after.Version, after.UpdatedAt)
	return after, taken(err)
}

// where reads people by one condition without regard to the scope.
func (s *Service) where(ctx context.Context, tx *op.Tx, condition string, args ...any) ([]Person, error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM people WHERE `+condition+` ORDER BY id`, args...)
	return store.Collect(rows, err, s.scan)
}

// lookupBatch is how many values one IN list holds.
const lookupBatch = 500

// by reads the people whose column has one of the values, without regard to the scope.
func (s *Service) by(ctx context.Context, tx *op.Tx, column string, values []string) ([]Person, error) {
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	slices.Sort(values)
	values = slices.Compact(values)
	var out []Person
	for len(values) > 0 {
		n := min(len(values), lookupBatch)
		args, marks := make([]any, n), make([]string, n)
		for i, v := range values[:n] {
			args[i], marks[i] = v, fmt.Sprintf("$%d", i+1)
		}
		found, err := s.where(ctx, tx, column+` <> '' AND `+column+` IN (`+strings.Join(marks, ", ")+`)`, args...)
		if err != nil {
			return nil, err
		}
		out, values = append(out, found...), values[n:]
	}
	return out, nil
}

func same(a, b Person) bool {
	return a.PlaceID == b.PlaceID && a.Identity() == b.Identity() && a.IDKind == b.IDKind && a.BirthOn == b.BirthOn &&
		a.ExternalKey == b.ExternalKey && a.Registered == b.Registered && maps.Equal(a.Extra, b.Extra)
}

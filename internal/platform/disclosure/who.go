package disclosure

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Disclosure is one time that somebody saw a person's data.
type Disclosure struct {
	At        store.Instant `json:"at"`
	Kind      string        `json:"kind"` // viewed, revealed, found (by number), exported
	Operation string        `json:"operation"`
	ActorName string        `json:"actor_name"`
	Roles     []access.Text `json:"roles"` // that the account holds now
	Reason    string        `json:"reason"`
	Plain     bool          `json:"plain"`  // values in plain were shown
	Export    string        `json:"export"` // reference of the file
}

// mostLooks bounds one answer; older looks are in the trail.
const mostLooks = 500

// WhoSaw returns who looked at a person, revealed them or took them out in a file, the
// newest first. The caller has checked that they may see the person; that somebody asked
// is itself kept in the trail.
func (s *Service) WhoSaw(ctx context.Context, tx *op.Tx, person ref.Person) ([]Disclosure, error) {
	subject := person.Ref().String()
	entries, _, err := audit.List(ctx, tx.Tx, access.Everywhere(), audit.Filter{Subject: subject, Outcome: audit.Done, Limit: mostLooks})
	if err != nil {
		return nil, err
	}
	out, actors := []Disclosure{}, []string{}
	for _, e := range entries {
		looked := slices.ContainsFunc(e.Changes, func(c audit.Change) bool { return c.Kind == "read" && c.Ref == subject })
		if !looked || e.Operation == WhoSaw.Name() {
			continue
		}
		d := Disclosure{At: e.At, Kind: "viewed", Operation: e.Operation, ActorName: e.ActorName, Reason: e.Reason}
		switch {
		case strings.HasSuffix(e.Operation, ".reveal"):
			d.Kind, d.Plain = "revealed", true
		case strings.HasSuffix(e.Operation, ".find_by_number"):
			d.Kind = "found"
		}
		out, actors = append(out, d), append(actors, e.ActorID)
	}
	files, by, err := s.filesWith(ctx, tx, subject)
	if err != nil {
		return nil, err
	}
	out, actors = append(out, files...), append(actors, by...)
	roles, err := s.rolesOf(ctx, tx, actors)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Roles = roles[actors[i]]
	}
	tx.Looked(person.Ref())
	slices.SortStableFunc(out, func(a, b Disclosure) int { return cmp.Compare(b.At, a.At) })
	return out, nil
}

// filesWith returns the files that somebody was in.
func (s *Service) filesWith(ctx context.Context, tx *op.Tx, subject string) (out []Disclosure, by []string, err error) {
	type file struct {
		Disclosure
		id, by, export, requested string
		bits                      int64
	}
	const q = `
		SELECT f.id, f.bits, f.at, f.by_id, f.by_name, e.id, e.requested_name, e.kind, e.reason, e.plain
		FROM   export_files f JOIN exports e ON e.id = f.export_id ORDER BY f.at DESC`
	rows, err := tx.Query(ctx, q)
	all, err := store.Collect(rows, err, func(r store.Scanner) (f file, err error) {
		return f, r.Scan(&f.id, &f.bits, &f.At, &f.by, &f.ActorName, &f.export, &f.requested, &f.Operation, &f.Reason, &f.Plain)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read which files left: %w", err)
	}
	for _, f := range all {
		in, err := s.inFile(ctx, tx.Tx, f.id, f.bits, subject)
		if err != nil {
			return nil, nil, err
		}
		if in {
			f.Kind, f.Export = "exported", Export{ID: f.export, RequestedName: f.requested}.Ref()
			f.Operation = FetchExport.Name()
			out, by = append(out, f.Disclosure), append(by, f.by)
		}
	}
	return out, by, nil
}

func (s *Service) rolesOf(ctx context.Context, tx *op.Tx, actors []string) (map[string][]access.Text, error) {
	out := map[string][]access.Text{}
	for _, a := range actors {
		if _, known := out[a]; known {
			continue
		}
		rows, err := tx.Query(ctx, `SELECT DISTINCT role FROM user_grants WHERE user_id = $1 ORDER BY role`, a)
		found, err := store.Collect(rows, err, func(r store.Scanner) (x string, err error) { return x, r.Scan(&x) })
		if err != nil {
			return nil, err
		}
		out[a] = []access.Text{}
		for _, name := range found {
			if role, known := s.door.Access.Role(name); known {
				out[a] = append(out[a], role.Title)
			}
		}
	}
	return out, nil
}

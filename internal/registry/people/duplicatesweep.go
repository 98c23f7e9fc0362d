package people

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/jobs"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// Sweep is one search of the register for duplicates: every pair of which at least one
// lives in the place. It goes along the register three times, by name, phone and door.
type Sweep struct {
	ID         ref.Sweep     `json:"id"`
	PlaceID    ref.Place     `json:"place_id" doc:"Empty for the whole register"`
	PlacePath  string        `json:"-"`
	State      SweepState    `json:"state" enum:"running,done"`
	Done       int64         `json:"done" doc:"Of total; each person is looked at three times"`
	Total      int64         `json:"total"`
	Compared   int64         `json:"compared" doc:"Pairs that were looked at closely"`
	Found      int64         `json:"found" doc:"Pairs that stand in the queue and did not before"`
	Skipped    int64         `json:"skipped" doc:"People who share a phone or a name with so many that it tells nothing"`
	ByName     string        `json:"by_name"`
	StartedAt  store.Instant `json:"started_at"`
	FinishedAt store.Instant `json:"finished_at"`

	by       ref.User
	pass     pass
	position string
}

// SweepState is how far a sweep is.
type SweepState string

// The states.
const (
	SweepRunning SweepState = "running"
	SweepDone    SweepState = "done"
)

// SweepJob is the job that runs a sweep.
type SweepJob struct {
	Sweep ref.Sweep `json:"sweep"`
}

// Kind names the job.
func (SweepJob) Kind() string { return "people.sweep" }

const sweepColumns = `id, place_id, place_path, state, pass, position, done, total, compared, found, skipped, by_id, by_name, started_at, finished_at`

func scanSweep(r store.Scanner) (w Sweep, err error) {
	return w, r.Scan(&w.ID, &w.PlaceID, &w.PlacePath, &w.State, &w.pass, &w.position, &w.Done, &w.Total, &w.Compared, &w.Found, &w.Skipped,
		&w.by, &w.ByName, &w.StartedAt, &w.FinishedAt)
}

// StartSweep begins to look for duplicates in a place, in the background; with one under
// way there already, that one is returned. Without a place it is the whole register,
// which only somebody may ask for who answers for all of it.
func (s *Service) StartSweep(ctx context.Context, tx *op.Tx, place ref.Place) (Sweep, error) {
	w := Sweep{ID: ref.Sweep(ids.New()), PlaceID: place, State: SweepRunning, ByName: tx.Principal().Name, by: ref.User(tx.Principal().UserID),
		StartedAt: tx.Now(), pass: passes[0]}
	switch {
	case place != "":
		p, err := places.Load(ctx, tx, place)
		if err != nil {
			return w, err
		}
		w.PlacePath = p.Path
	case !tx.Scope().All():
		return w, fault.Invalidf("people.no_place", "say where to look").With("place_id", "required")
	}
	const running = `SELECT ` + sweepColumns + ` FROM people_sweeps WHERE place_id = $1 AND state = 'running' ORDER BY started_at DESC, id DESC LIMIT 1`
	known, err := scanSweep(tx.QueryRow(ctx, running, string(place)))
	if err == nil {
		w = known
	} else if fault.KindOf(err) != fault.NotFound {
		return w, err
	}
	if err != nil {
		var args []any
		under := access.Under(w.PlacePath).SQL("place_path", &args)
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM people WHERE `+under, args...).Scan(&w.Total); err != nil {
			return w, err
		}
		w.Total *= int64(len(passes))
		if _, err := tx.Insert(ctx, "people_sweeps", sweepInsert, [][]any{{string(w.ID), string(w.PlaceID), w.PlacePath, string(w.State), string(w.pass), "",
			int64(0), w.Total, int64(0), int64(0), int64(0), string(w.by), w.ByName, int64(w.StartedAt), nil}}); err != nil {
			return w, err
		}
		tx.Changed(w.ID.Ref(), nil, struct {
			Place ref.Place `json:"place_id" audit:"public"`
		}{w.PlaceID})
	}
	tx.At(w.PlacePath)
	_, err = jobs.Enqueue(ctx, tx.Tx, SweepJob{w.ID}, jobs.Options{UniqueKey: string(w.ID)})
	return w, err
}

var sweepInsert = []string{"id", "place_id", "place_path", "state", "pass", "position", "done", "total", "compared", "found", "skipped",
	"by_id", "by_name", "started_at", "finished_at"}

// LastSweep returns the newest sweep that covers the place: of it, or of a place above.
func (s *Service) LastSweep(ctx context.Context, tx *op.Tx, place ref.Place) (Sweep, error) {
	path := ""
	if place != "" {
		p, err := places.Load(ctx, tx, place)
		if err != nil {
			return Sweep{}, err
		}
		path = p.Path
	}
	const q = `SELECT ` + sweepColumns + ` FROM people_sweeps WHERE substr($1, 1, length(place_path)) = place_path ORDER BY started_at DESC, id DESC LIMIT 1`
	w, err := scanSweep(tx.QueryRow(ctx, q, path))
	if fault.KindOf(err) == fault.NotFound {
		return w, fault.NotFoundf("people.no_sweep", "nobody has looked for duplicates here yet")
	}
	return w, err
}

// SweepStep is what one step of a sweep found, before it is kept.
type SweepStep struct {
	Sweep      Sweep
	Suspicions []Suspicion
	before     Sweep
}

// Done reports whether the sweep was at its end before the step.
func (t SweepStep) Done() bool { return t.before.State == SweepDone }

// LookAhead does the next step of a sweep and writes nothing: it may take long, and
// nobody waits for it. A finished sweep gives a step without work.
func (s *Service) LookAhead(ctx context.Context, tx *op.Tx, id ref.Sweep) (SweepStep, error) {
	w, err := scanSweep(tx.QueryRow(ctx, `SELECT `+sweepColumns+` FROM people_sweeps WHERE id = $1`, string(id)))
	if err != nil || w.State == SweepDone {
		return SweepStep{Sweep: w, before: w}, err
	}
	step := SweepStep{Sweep: w, before: w}
	rows, skipped, err := s.nextRows(ctx, tx, &step.Sweep)
	if err != nil {
		return step, fmt.Errorf("read for sweep %s: %w", id, err)
	}
	pairs, more := pairsOf(w.pass, rows, w.PlacePath)
	step.Sweep.Skipped += int64(skipped + more)
	step.Sweep.Compared += int64(len(pairs))
	for part := range slices.Chunk(pairs, lookupBatch) {
		found, err := s.compare(ctx, tx, part)
		if err != nil {
			return step, err
		}
		step.Suspicions = append(step.Suspicions, found...)
	}
	return step, nil
}

// smallPlace is up to how many people a place is looked up key by key; for more, going
// along the whole index is less work.
const smallPlace = 20_000

// nextRows reads what the next step looks at and moves the sweep behind it.
func (s *Service) nextRows(ctx context.Context, tx *op.Tx, w *Sweep) (rows []blockRow, skipped int, err error) {
	people := w.Total / int64(len(passes))
	index := int64(slices.Index(passes, w.pass))
	if w.pass == byDoor {
		var next string
		rows, next, skipped, err = readDoors(ctx, tx, w.PlacePath, w.position)
		w.Done = min(w.Done+int64(len(rows)), w.Total)
		if w.position = next; next == "" {
			w.Done, w.State, w.FinishedAt = w.Total, SweepDone, tx.Now()
		}
		return rows, skipped, err
	}
	after, _ := strconv.ParseInt(w.position, 10, 64)
	var next int64
	if w.PlacePath != "" && people <= smallPlace {
		rows, next, err = readKeysUnder(ctx, tx, w.pass, w.PlacePath, after)
	} else {
		rows, next, skipped, err = readKeys(ctx, tx, w.pass, after)
	}
	w.position = strconv.FormatInt(next, 10)
	w.Done = index*people + int64(float64(people)*(float64(next)/math.MaxInt64)) // keys are spread evenly
	if next == math.MaxInt64 {
		w.pass, w.position, w.Done = passes[index+1], "", (index+1)*people
	}
	return rows, skipped, err
}

// compare opens the people of the pairs and returns the suspicious ones.
func (s *Service) compare(ctx context.Context, tx *op.Tx, pairs []pair) ([]Suspicion, error) {
	var wanted []ref.Person
	for _, p := range pairs {
		wanted = append(wanted, p.a, p.b)
	}
	found, err := s.of(ctx, tx, wanted)
	if err != nil {
		return nil, err
	}
	known := make(map[ref.Person]*Person, len(found))
	for i := range found {
		known[found[i].ID] = &found[i]
	}
	var out []Suspicion
	for _, p := range pairs {
		a, b := known[p.a], known[p.b]
		if a == nil || b == nil {
			continue // deleted since the row was read
		}
		if l := Compare(*a, *b); l.Suspicious {
			out = append(out, Suspicion{A: p.a, B: p.b, Reasons: l.Reasons, FoundBy: FoundBySweep})
		}
	}
	return out, nil
}

// KeepStep keeps what a step found and how far the sweep is now. A step that another
// runner has kept already changes nothing.
func (s *Service) KeepStep(ctx context.Context, tx *op.Tx, step SweepStep) (Sweep, error) {
	w := step.Sweep
	n, err := s.SuspectAll(ctx, tx, step.Suspicions)
	if err != nil {
		return w, err
	}
	w.Found += int64(n)
	const q = `UPDATE people_sweeps SET state = $4, pass = $5, position = $6, done = $7, compared = $8, found = $9, skipped = $10, finished_at = $11
		WHERE id = $1 AND pass = $2 AND position = $3 AND state = 'running'`
	return w, tx.Technical().ExecOne(ctx, q, string(w.ID), string(step.before.pass), step.before.position, string(w.State), string(w.pass), w.position,
		w.Done, w.Compared, w.Found, w.Skipped, w.FinishedAt)
}

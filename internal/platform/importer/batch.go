package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/allclear/allclear/internal/platform/importer/table"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// errCancelled ends a run on request.
var errCancelled = errors.New("cancelled")

// batch is one transaction's worth of rows. It is made anew for every attempt, because
// the database may ask to repeat a transaction.
type batch struct {
	*runner
	counts   Counts
	refusals []refusalRow
	reasons  map[string]int
	added    seen
	toDo     []item          // rows for the kind
	later    []repeat        // rows like one of this batch, whose outcome is not known yet
	outcome  map[int]Outcome // by place in the file
	sealErr  error
}

// repeat is a row that says the same as an earlier row of its batch.
type repeat struct {
	item
	first   int // place in the file
	number  int
	differs bool
}

// commit handles one batch in one transaction and moves the job on to the given place.
func (r *runner) commit(ctx context.Context, pass, position int, items []item) error {
	attempts := 0
	var b *batch
	written, err := op.Do(ctx, r.engine.Door, r.kind.Operation(), r.call, func(ctx context.Context, tx *op.Tx) (int, error) {
		if attempts++; attempts > 1 && r.dry() {
			return 0, errRepeated
		}
		if attempts > 1 {
			r.session = nil
		}
		b = &batch{runner: r, added: seen{}, outcome: map[int]Outcome{}, reasons: map[string]int{}}
		return b.run(ctx, tx, pass, position, items)
	})
	if err != nil {
		r.session = nil
		return err
	}
	for k, v := range b.added {
		r.seen[k] = v
	}
	for code, n := range b.reasons {
		r.reasons[code] += n
	}
	r.total = r.total.plus(b.counts)
	r.changes += written
	r.job.Counts = r.job.Counts.plus(b.counts)
	r.job.pass, r.job.position = pass, position
	return nil
}

func (b *batch) run(ctx context.Context, tx *op.Tx, pass, position int, items []item) (int, error) {
	if b.session == nil {
		var err error
		b.session, err = b.kind.Begin(ctx, tx, sessionOptions(b.job, b.job.Analysis, b.job.Settings, b.dry()))
		if err != nil {
			return 0, err
		}
	}
	if !b.dry() {
		if err := b.stopIfAsked(ctx, tx); err != nil {
			return 0, err
		}
	}
	b.sort(items)
	written, err := b.resolve(ctx, tx)
	if err != nil {
		return 0, err
	}
	b.settleRepeats()
	if b.sealErr != nil {
		return 0, b.sealErr
	}
	if err := insertRefusals(ctx, tx.Technical(), b.job.ID, b.phase, b.refusals); err != nil {
		return 0, err
	}
	if b.dry() {
		return 0, nil
	}
	return written, advance(ctx, tx.Technical(), b.job, pass, position, b.counts, written)
}

func (b *batch) stopIfAsked(ctx context.Context, tx *op.Tx) error {
	const q = `SELECT cancel_asked FROM import_jobs WHERE id = $1`
	var asked bool
	if err := tx.QueryRow(ctx, q, string(b.job.ID)).Scan(&asked); err != nil {
		return err
	}
	if asked {
		return errCancelled
	}
	return nil
}

// sort separates rows that could not be understood and rows that repeat another from
// those for the kind.
func (b *batch) sort(items []item) {
	inBatch := map[[16]byte]item{}
	for _, it := range items {
		if len(it.refusals) > 0 {
			b.refuse(it, it.refusals)
			continue
		}
		key := b.session.Key(it.row)
		if key == "" {
			b.toDo = append(b.toDo, it)
			continue
		}
		k := keyOf(key)
		says := it.row.says()
		if f, known := b.seen[k]; known {
			b.again(it, int(f.number), f.cells != says, f.refused)
			continue
		}
		if f, known := inBatch[k]; known {
			b.later = append(b.later, repeat{it, f.ordinal, f.row.Number, f.row.says() != says})
			continue
		}
		inBatch[k] = it
		b.added[k] = first{cells: says, number: int32(it.row.Number)}
		b.toDo = append(b.toDo, it)
	}
}

// again counts a row that is about the same record as an earlier one.
func (b *batch) again(it item, number int, differs, refused bool) {
	row := map[string]string{"row": strconv.Itoa(number)}
	switch {
	case differs:
		b.refuse(it, []Refusal{{Code: table.CodeDuplicate, Params: row}})
	case refused:
		b.refuse(it, []Refusal{{Code: "importer.same_as_refused", Params: row}})
	default:
		b.counts.Unchanged++
	}
}

// settleRepeats decides about rows like one of this batch, now that its outcome is known.
func (b *batch) settleRepeats() {
	for _, l := range b.later {
		b.again(l.item, l.number, l.differs, b.outcome[l.first] == Refuse)
	}
	for _, it := range b.toDo {
		if key := b.session.Key(it.row); key != "" && b.outcome[it.ordinal] == Refuse {
			f := b.added[keyOf(key)]
			f.refused = true
			b.added[keyOf(key)] = f
		}
	}
}

// resolve lets the kind decide about the rows and, in a run, write them.
func (b *batch) resolve(ctx context.Context, tx *op.Tx) (int, error) {
	if len(b.toDo) == 0 {
		return 0, nil
	}
	rows := make([]Row, len(b.toDo))
	for i, it := range b.toDo {
		rows[i] = it.row
	}
	resolutions, err := b.session.Resolve(ctx, tx, rows)
	if err != nil {
		return 0, err
	}
	if len(resolutions) != len(rows) {
		return 0, fmt.Errorf("kind %s resolved %d of %d rows", b.kind.Name(), len(resolutions), len(rows))
	}
	var write []Resolution
	var writeRows []Row
	for i, res := range resolutions {
		b.outcome[b.toDo[i].ordinal] = res.Outcome
		switch res.Outcome {
		case Insert:
			b.counts.Inserted++
		case Update:
			b.counts.Updated++
		case Unchanged:
			b.counts.Unchanged++
		case Refuse:
			b.refuse(b.toDo[i], res.Refusals)
		default:
			return 0, fmt.Errorf("kind %s answered the outcome %q", b.kind.Name(), res.Outcome)
		}
		if res.Outcome == Insert || res.Outcome == Update {
			res.Row = rows[i].Number
			write, writeRows = append(write, res), append(writeRows, rows[i])
		}
	}
	if b.dry() || len(write) == 0 {
		return 0, nil
	}
	return len(write), b.write(ctx, tx, write, writeRows)
}

func (b *batch) write(ctx context.Context, tx *op.Tx, resolutions []Resolution, rows []Row) error {
	written, err := b.session.Write(ctx, tx, resolutions)
	if err != nil {
		return err
	}
	if len(written) != len(resolutions) {
		return fmt.Errorf("kind %s wrote %d of %d rows", b.kind.Name(), len(written), len(resolutions))
	}
	if err := insertChanges(ctx, tx.Technical(), b.job.ID, b.changes, resolutions, rows, written); err != nil {
		return err
	}
	tx.ChangedBatch(b.kind.Name(), len(written), digestOf(b.job, resolutions, rows, written))
	return nil
}

// digestOf lets the trail prove later which records a batch wrote.
func digestOf(j Job, resolutions []Resolution, rows []Row, written []Written) string {
	h := sha256.New()
	for i, w := range written {
		fmt.Fprintf(h, "%s|%s|%d|%s|%s|%d\n", j.ID, rows[i].Sheet, rows[i].Number, resolutions[i].Outcome, w.Ref, w.Version)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// refusalDetail is the sealed part of a refusal.
type refusalDetail struct {
	Value   string            `json:"value,omitempty"`
	Params  map[string]string `json:"params,omitempty"`
	Message Text              `json:"message,omitzero"`
}

// refusedCells is the sealed row.
type refusedCells struct {
	Cells []string `json:"cells"`
	// Check is the code of damage that the texts alone do not show.
	Check string `json:"check,omitempty"`
}

// refuse notes a refused row with all its reasons.
func (b *batch) refuse(it item, refusals []Refusal) {
	b.counts.Refused++
	b.outcome[it.ordinal] = Refuse
	if len(refusals) == 0 {
		refusals = []Refusal{{Code: "importer.refused"}}
	}
	for seq, r := range refusals {
		b.reasons[r.Code]++
		row := refusalRow{
			Ordinal: it.ordinal, Seq: seq, Number: it.raw.Number, Sheet: it.raw.Sheet, Column: b.columnOf(r), Field: r.Field, Code: r.Code,
			Detail: b.seal(refusalDetail{r.Value, r.Params, r.Message}),
		}
		if seq == 0 {
			row.Cells = b.seal(refusedCells{b.texts(it.raw), b.checkOf(it.raw, refusals)})
		}
		b.refusals = append(b.refusals, row)
	}
}

// columnOf names the column of a refusal that a kind has given by field alone.
func (b *batch) columnOf(r Refusal) string {
	if r.Column != "" || r.Field == "" {
		return r.Column
	}
	for _, p := range b.job.Analysis.Pairs {
		if p.Field == r.Field {
			return b.job.Analysis.Columns[p.Column]
		}
	}
	return ""
}

func (b *batch) seal(v any) string {
	text, err := json.Marshal(v)
	if err == nil {
		var sealed string
		if sealed, err = b.engine.Sealer.Seal(string(text)); err == nil {
			return sealed
		}
	}
	b.sealErr = errors.Join(b.sealErr, err)
	return ""
}

// texts are the row's cells as a person sees them: a spreadsheet's day number in a column
// of days becomes the day, which as bare text would mean nothing.
func (b *batch) texts(raw table.Row) []string {
	out := make([]string, len(raw.Cells))
	for i, c := range raw.Cells {
		out[i] = c.Text
		if c.Kind == table.NumberCell && c.Serial > 0 && i < len(b.job.Analysis.Columns) && b.dayColumn(b.job.Analysis.Columns[i]) {
			if t, phantom := table.SerialTime(c.Serial); !phantom && c.Serial > 20000 && c.Serial < 80000 {
				out[i] = t.Format("2006-01-02")
			}
		}
	}
	return out
}

func (b *batch) dayColumn(name string) bool {
	for _, d := range b.job.Analysis.Days {
		if d.Column == name {
			return true
		}
	}
	return false
}

// checkOf marks rows whose damage does not show in the texts of the file of refused rows.
func (b *batch) checkOf(raw table.Row, refusals []Refusal) string {
	if raw.Problem != nil {
		return raw.Problem.Code
	}
	for _, r := range refusals {
		if r.Code == table.CodeDuplicate {
			return r.Code // alone in a file it would overwrite the row it contradicts
		}
		i := slices.Index(b.job.Analysis.Columns, r.Column)
		if i < 0 || i >= len(raw.Cells) {
			continue
		}
		c := raw.Cells[i]
		if c.Kind == table.ErrorCell || c.Kind == table.FormulaCell || c.Has(table.Imprecise|table.PhantomDay|table.TooLong) {
			return r.Code
		}
	}
	return ""
}

// now is the moment of the door's clock.
func (e *Engine) now() store.Instant { return store.At(e.Door.Clock.Now()) }

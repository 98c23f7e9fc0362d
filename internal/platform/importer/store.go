package importer

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

const jobColumns = `id, kind, state, file_id, incident_id, place_id, settings, analysis, dry_run, rows_total, inserted, updated, unchanged,
	refused, pass, position, changes, cancel_asked, fault_code, fault_params, undone, kept, created_by, created_name, created_at, started_at,
	resumed_at, resumed_rows, finished_at, undo_until, rejects_until, version`

// jobSelect reads a job with the name and size of its file.
const jobSelect = `SELECT ` + jobColumns + `,
	(SELECT f.name FROM import_files f WHERE f.id = import_jobs.file_id), (SELECT f.size FROM import_files f WHERE f.id = import_jobs.file_id)
	FROM import_jobs`

func scanJob(r store.Scanner) (Job, error) {
	var j Job
	var settings, analysis, dry, params string
	err := r.Scan(&j.ID, &j.Kind, &j.State, &j.FileID, &j.Incident, &j.Place, &settings, &analysis, &dry, &j.Rows, &j.Counts.Inserted,
		&j.Counts.Updated, &j.Counts.Unchanged, &j.Counts.Refused, &j.pass, &j.position, &j.changes, &j.Cancelling, &j.FaultCode, &params,
		&j.Undone, &j.Kept, &j.CreatedBy, &j.CreatedName, &j.CreatedAt, &j.StartedAt, &j.resumedAt, &j.resumedRows, &j.FinishedAt,
		&j.UndoUntil, &j.RejectsUntil, &j.Version, &j.FileName, &j.FileSize)
	if err != nil {
		return j, err
	}
	for _, x := range []struct {
		text string
		into any
	}{{settings, &j.Settings}, {analysis, &j.Analysis}, {dry, &j.DryRun}, {params, &j.FaultParams}} {
		if err := json.Unmarshal([]byte(x.text), x.into); err != nil {
			return j, fmt.Errorf("read import job %s: %w", j.ID, err)
		}
	}
	return j, nil
}

func jobValues(j Job) ([]any, error) {
	texts := make([]string, 4)
	for i, x := range []any{j.Settings, j.Analysis, j.DryRun, j.FaultParams} {
		b, err := json.Marshal(x)
		if err != nil {
			return nil, fmt.Errorf("write import job %s: %w", j.ID, err)
		}
		texts[i] = string(b)
	}
	return []any{string(j.ID), j.Kind, string(j.State), j.FileID, string(j.Incident), string(j.Place), texts[0], texts[1], texts[2], j.Rows,
		j.Counts.Inserted, j.Counts.Updated, j.Counts.Unchanged, j.Counts.Refused, j.pass, j.position, j.changes, j.Cancelling, j.FaultCode,
		texts[3], j.Undone, j.Kept, j.CreatedBy, j.CreatedName, j.CreatedAt, j.StartedAt, j.resumedAt, j.resumedRows, j.FinishedAt,
		j.UndoUntil, j.RejectsUntil, j.Version}, nil
}

func insertJob(ctx context.Context, tx *store.Tx, j Job) error {
	const q = `INSERT INTO import_jobs (` + jobColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
			$27, $28, $29, $30, $31, $32)`
	values, err := jobValues(j)
	if err != nil {
		return err
	}
	return tx.ExecOne(ctx, q, values...)
}

func loadJob(ctx context.Context, tx *store.Tx, id ref.ImportJob) (Job, error) {
	const q = jobSelect + ` WHERE id = $1`
	j, err := scanJob(tx.QueryRow(ctx, q, string(id)))
	if fault.KindOf(err) == fault.NotFound {
		return j, errNoJob
	}
	return j, err
}

// saveJob writes everything about a job that is not running. Someone else's save in
// between is store.ErrStale.
func saveJob(ctx context.Context, tx *store.Tx, j Job) error {
	const q = `
		UPDATE import_jobs
		SET    state = $3, settings = $4, analysis = $5, dry_run = $6, rows_total = $7, pass = $8, position = $9, fault_code = $10,
		       fault_params = $11, undone = $12, kept = $13, started_at = $14, resumed_at = $15, resumed_rows = $16, finished_at = $17,
		       undo_until = $18, rejects_until = $19, cancel_asked = $20, version = version + 1
		WHERE  id = $1 AND version = $2`
	v, err := jobValues(j)
	if err != nil {
		return err
	}
	return tx.ExecOne(ctx, q, v[0], j.Version, v[2], v[6], v[7], v[8], v[9], v[14], v[15], v[18], v[19], v[20], v[21], v[25], v[26], v[27],
		v[28], v[29], v[30], v[17])
}

// advance moves a running job on by one batch. Exactly one runner can succeed from one
// position: a second one finds no row.
func advance(ctx context.Context, tx *store.Tx, j Job, pass, position int, c Counts, changes int) error {
	const q = `
		UPDATE import_jobs
		SET    pass = $4, position = $5, inserted = inserted + $6, updated = updated + $7, unchanged = unchanged + $8,
		       refused = refused + $9, changes = changes + $10
		WHERE  id = $1 AND state = 'running' AND pass = $2 AND position = $3`
	err := tx.ExecOne(ctx, q, string(j.ID), j.pass, j.position, pass, position, c.Inserted, c.Updated, c.Unchanged, c.Refused, changes)
	if fault.CodeOf(err) == fault.CodeOf(store.ErrStale) {
		return fault.Conflictf("importer.run_elsewhere", "the import is being run by another process, or has ended")
	}
	return err
}

func listJobs(ctx context.Context, tx *store.Tx, createdBy string, before store.Instant, limit int) ([]Job, error) {
	q := jobSelect + ` WHERE created_at < $1`
	args := []any{before}
	if createdBy != "" {
		args = append(args, createdBy)
		q += ` AND created_by = $2`
	}
	args = append(args, limit)
	q += fmt.Sprintf(` ORDER BY created_at DESC, id DESC LIMIT $%d`, len(args))
	rows, err := tx.Query(ctx, q, args...)
	return store.Collect(rows, err, scanJob)
}

// storedFile is an uploaded file.
type storedFile struct {
	ID        string
	Name      string
	Path      string
	Size      int64
	SHA256    string
	CreatedBy string
	CreatedAt store.Instant
	DeletedAt store.Instant
}

const fileColumns = `id, name, path, size, sha256, created_by, created_at, deleted_at`

func scanFile(r store.Scanner) (f storedFile, err error) {
	err = r.Scan(&f.ID, &f.Name, &f.Path, &f.Size, &f.SHA256, &f.CreatedBy, &f.CreatedAt, &f.DeletedAt)
	return f, err
}

func insertFile(ctx context.Context, tx *store.Tx, f storedFile) error {
	const q = `INSERT INTO import_files (` + fileColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	return tx.ExecOne(ctx, q, f.ID, f.Name, f.Path, f.Size, f.SHA256, f.CreatedBy, f.CreatedAt, f.DeletedAt)
}

func loadFile(ctx context.Context, tx *store.Tx, id string) (storedFile, error) {
	const q = `SELECT ` + fileColumns + ` FROM import_files WHERE id = $1 AND deleted_at IS NULL`
	f, err := scanFile(tx.QueryRow(ctx, q, id))
	if fault.KindOf(err) == fault.NotFound {
		return f, fault.NotFoundf("importer.file_gone", "the file is not there, or has been deleted; upload it again")
	}
	return f, err
}

// refusalRow is one refusal as it is stored.
type refusalRow struct {
	Ordinal, Seq, Number int
	Sheet, Column, Field string
	Code, Detail, Cells  string
}

const refusalColumns = `job_id, phase, ordinal, seq, row_number, sheet, column_name, field, code, detail, cells`

func insertRefusals(ctx context.Context, tx *store.Tx, job ref.ImportJob, phase string, rows []refusalRow) error {
	values := make([][]any, len(rows))
	for i, r := range rows {
		values[i] = []any{string(job), phase, int64(r.Ordinal), int64(r.Seq), int64(r.Number), r.Sheet, r.Column, r.Field, r.Code, r.Detail, r.Cells}
	}
	columns := []string{"job_id", "phase", "ordinal", "seq", "row_number", "sheet", "column_name", "field", "code", "detail", "cells"}
	_, err := tx.Insert(ctx, "import_refusals", columns, values)
	return err
}

// pageRefusals returns refusals after (ordinal, seq), in order.
func pageRefusals(ctx context.Context, tx *store.Tx, job ref.ImportJob, phase string, ordinal, seq, limit int) ([]refusalRow, error) {
	const q = `
		SELECT ordinal, seq, row_number, sheet, column_name, field, code, detail, cells
		FROM   import_refusals
		WHERE  job_id = $1 AND phase = $2 AND (ordinal, seq) > ($3, $4)
		ORDER BY ordinal, seq
		LIMIT $5`
	rows, err := tx.Query(ctx, q, string(job), phase, ordinal, seq, limit)
	return store.Collect(rows, err, func(s store.Scanner) (r refusalRow, err error) {
		err = s.Scan(&r.Ordinal, &r.Seq, &r.Number, &r.Sheet, &r.Column, &r.Field, &r.Code, &r.Detail, &r.Cells)
		return r, err
	})
}

// refusedOrdinals returns the places in the file of the rows refused so far.
func refusedOrdinals(ctx context.Context, tx *store.Tx, job ref.ImportJob, phase string) (map[int]bool, error) {
	const q = `SELECT ordinal FROM import_refusals WHERE job_id = $1 AND phase = $2 AND seq = 0`
	rows, err := tx.Query(ctx, q, string(job), phase)
	list, err := store.Collect(rows, err, func(s store.Scanner) (n int, err error) { return n, s.Scan(&n) })
	out := make(map[int]bool, len(list))
	for _, n := range list {
		out[n] = true
	}
	return out, err
}

func deleteRefusals(ctx context.Context, tx *store.Tx, job ref.ImportJob, phase string) error {
	const q = `DELETE FROM import_refusals WHERE job_id = $1 AND phase = $2`
	_, err := tx.Exec(ctx, q, string(job), phase)
	return err
}

func insertChanges(ctx context.Context, tx *store.Tx, job ref.ImportJob, from int, resolutions []Resolution, rows []Row, written []Written) error {
	values := make([][]any, len(written))
	for i, w := range written {
		values[i] = []any{string(job), int64(from + i), int64(rows[i].Number), rows[i].Sheet, string(resolutions[i].Outcome), w.Ref.Kind, w.Ref.ID, w.Before, w.Version, ""}
	}
	columns := []string{"job_id", "seq", "row_number", "sheet", "outcome", "ref_kind", "ref_id", "before", "version", "undo"}
	_, err := tx.Insert(ctx, "import_changes", columns, values)
	return err
}

// storedChange is one change that can be taken back.
type storedChange struct {
	Seq int
	Change
}

// lastChanges returns changes not yet taken back, latest first.
func lastChanges(ctx context.Context, tx *store.Tx, job ref.ImportJob, limit int) ([]storedChange, error) {
	const q = `
		SELECT seq, outcome, ref_kind, ref_id, before, version
		FROM   import_changes
		WHERE  job_id = $1 AND undo = ''
		ORDER BY seq DESC
		LIMIT $2`
	rows, err := tx.Query(ctx, q, string(job), limit)
	return store.Collect(rows, err, func(s store.Scanner) (c storedChange, err error) {
		err = s.Scan(&c.Seq, &c.Outcome, &c.Ref.Kind, &c.Ref.ID, &c.Before, &c.Version)
		return c, err
	})
}

func markUndone(ctx context.Context, tx *store.Tx, job ref.ImportJob, seq int, result UndoResult) error {
	const q = `UPDATE import_changes SET undo = $3 WHERE job_id = $1 AND seq = $2 AND undo = ''`
	return tx.ExecOne(ctx, q, string(job), seq, string(result))
}

func keptChanges(ctx context.Context, tx *store.Tx, job ref.ImportJob, limit int) ([]KeptChange, error) {
	const q = `
		SELECT row_number, sheet, ref_kind, ref_id, undo
		FROM   import_changes
		WHERE  job_id = $1 AND undo <> '' AND undo <> 'undone'
		ORDER BY seq
		LIMIT $2`
	rows, err := tx.Query(ctx, q, string(job), limit)
	return store.Collect(rows, err, func(s store.Scanner) (c KeptChange, err error) {
		err = s.Scan(&c.Row, &c.Sheet, &c.Ref.Kind, &c.Ref.ID, &c.Reason)
		return c, err
	})
}

func saveMapping(ctx context.Context, tx *store.Tx, kind, fingerprint string, s savedMapping, by string, at store.Instant) error {
	const q = `
		INSERT INTO import_mappings (kind, fingerprint, settings, used_by, used_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (kind, fingerprint) DO UPDATE SET settings = excluded.settings, used_by = excluded.used_by, used_at = excluded.used_at`
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return tx.ExecOne(ctx, q, kind, fingerprint, string(text), by, at)
}

// loadMapping returns the mapping used before for these columns; ok is false when there is none.
func loadMapping(ctx context.Context, tx *store.Tx, kind, fingerprint string) (s savedMapping, ok bool, err error) {
	const q = `SELECT settings FROM import_mappings WHERE kind = $1 AND fingerprint = $2`
	var text string
	err = tx.QueryRow(ctx, q, kind, fingerprint).Scan(&text)
	if fault.KindOf(err) == fault.NotFound {
		return s, false, nil
	}
	if err != nil {
		return s, false, err
	}
	return s, true, json.Unmarshal([]byte(text), &s)
}

package importer

import (
	"context"
	"encoding/json"
	"io"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer/table"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// rejectsPage is how many refusals are read at once.
const rejectsPage = 2000

// RefusalPlace is where a page of refusals ends, to ask for the next one.
type RefusalPlace struct {
	Ordinal int `json:"ordinal"`
	Seq     int `json:"seq"`
}

// Refusals lists reasons of refused rows in the order of the file, of the run or, before
// it, of the last dry run. Values are shown to who brought the file; others see the codes.
func (e *Engine) Refusals(ctx context.Context, call op.Call, id ref.ImportJob, after RefusalPlace, limit int) ([]Refusal, RefusalPlace, error) {
	j, err := e.Job(ctx, call, id)
	if err != nil {
		return nil, after, err
	}
	page, err := op.Do(ctx, e.Door, ViewJob, inner(call), func(ctx context.Context, tx *op.Tx) ([]refusalRow, error) {
		return pageRefusals(ctx, tx.Tx, id, j.phase(), after.Ordinal, after.Seq, min(max(limit, 1), rejectsPage))
	})
	if err != nil {
		return nil, after, err
	}
	out := make([]Refusal, len(page))
	for i, r := range page {
		out[i] = Refusal{Row: r.Number, Sheet: r.Sheet, Column: r.Column, Field: r.Field, Code: r.Code}
		if isOwner(call, j.CreatedBy) {
			if err := e.unseal(r, &out[i]); err != nil {
				return nil, after, err
			}
		}
		after = RefusalPlace{r.Ordinal, r.Seq}
	}
	return out, after, nil
}

// phase is the one whose refusals are to be shown.
func (j Job) phase() string {
	if j.State == Draft || j.State == Ready {
		return dryPhase
	}
	return runPhase
}

func (e *Engine) unseal(r refusalRow, into *Refusal) error {
	if r.Detail == "" {
		return nil // expired
	}
	text, err := e.Sealer.Open(r.Detail)
	if err != nil {
		return err
	}
	var d refusalDetail
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return err
	}
	into.Value, into.Params, into.Message = d.Value, d.Params, d.Message
	return nil
}

// Rejects writes the refused rows as a CSV file with the original columns first and
// unchanged and the reasons after them, to be mended and imported again. Only who brought
// the file may have it, for 7 days. lang is "zh-CN", "en", or empty for both.
func (e *Engine) Rejects(ctx context.Context, call op.Call, id ref.ImportJob, lang string, w io.Writer) error {
	call = inner(call)
	j, err := e.owned(ctx, call, id)
	if err != nil {
		return err
	}
	if j.RejectsUntil != 0 && j.RejectsUntil <= e.now() {
		return fault.NotFoundf("importer.rejects_expired", "refused rows are kept for 7 days")
	}
	if _, err := op.Do(ctx, e.Door, ReadRejects, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		tx.Looked(id.Ref())
		return struct{}{}, nil
	}); err != nil {
		return err
	}
	surplus := 0
	err = e.eachReject(ctx, j, lang, func(r table.Reject) error {
		surplus = max(surplus, len(r.Cells)-len(j.Analysis.Header))
		return nil
	})
	if err != nil {
		return err
	}
	out, err := table.NewRejectsWriter(w, j.Analysis.Header, surplus)
	if err != nil {
		return err
	}
	if err := e.eachReject(ctx, j, lang, out.Write); err != nil {
		return err
	}
	return out.Flush()
}

// eachReject visits the refused rows in the order of the file, with all reasons of a row together.
func (e *Engine) eachReject(ctx context.Context, j Job, lang string, visit func(table.Reject) error) error {
	var current *rejectedRow
	emit := func() error {
		if current == nil {
			return nil
		}
		return visit(current.reject())
	}
	at := RefusalPlace{}
	for {
		var page []refusalRow
		err := e.Door.DB.Read(ctx, func(tx *store.Tx) (err error) {
			page, err = pageRefusals(ctx, tx, j.ID, j.phase(), at.Ordinal, at.Seq, rejectsPage)
			return err
		})
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return emit()
		}
		for _, r := range page {
			if current == nil || current.ordinal != r.Ordinal {
				if err := emit(); err != nil {
					return err
				}
				if current, err = e.openReject(r); err != nil {
					return err
				}
			}
			if err := e.addReason(current, r, lang); err != nil {
				return err
			}
			at = RefusalPlace{r.Ordinal, r.Seq}
		}
	}
}

type rejectedRow struct {
	ordinal int
	number  int
	cells   refusedCells
	columns []string
	reasons []string
}

func (e *Engine) openReject(r refusalRow) (*rejectedRow, error) {
	out := &rejectedRow{ordinal: r.Ordinal, number: r.Number}
	text, err := e.Sealer.Open(r.Cells)
	if err != nil {
		return nil, err
	}
	return out, json.Unmarshal([]byte(text), &out.cells)
}

func (e *Engine) addReason(row *rejectedRow, r refusalRow, lang string) error {
	refusal := Refusal{Row: r.Number, Column: r.Column, Field: r.Field, Code: r.Code}
	if err := e.unseal(r, &refusal); err != nil {
		return err
	}
	if r.Column != "" {
		row.columns = append(row.columns, r.Column)
	}
	text := refusal.Text(lang)
	if lang == "" {
		text = refusal.Text("zh-CN") + " " + refusal.Text("en")
	}
	row.reasons = append(row.reasons, text)
	return nil
}

func (r *rejectedRow) reject() table.Reject {
	return table.Reject{
		Number: r.number, Cells: r.cells.Cells, Columns: strings.Join(r.columns, "; "), Reason: strings.Join(r.reasons, " "), Check: r.cells.Check,
	}
}

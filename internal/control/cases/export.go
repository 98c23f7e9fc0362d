package cases

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"io"
	"strconv"
	"strings"

	"github.com/allclear/allclear/internal/platform/importer/table"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// utf8BOM lets spreadsheets read Chinese right.
const utf8BOM = "\ufeff"

// exportColumns are the columns of an export: the names of the API, which the import
// understands. Identity is masked; exposure and extra columns, which often name people,
// are left out.
var exportColumns = []struct {
	name  string
	value func(Item) string
}{
	{"number", func(i Item) string { return i.Number }},
	{"name_masked", func(i Item) string { return i.NameMasked }},
	{"phone_masked", func(i Item) string { return i.PhoneMasked }},
	{"id_masked", func(i Item) string { return i.IDMasked }},
	{"sex", func(i Item) string { return string(i.Sex) }},
	{"age", func(i Item) string { return whole(i.Age) }},
	{"place", func(i Item) string { return i.PlaceTrail }},
	{"classification", func(i Item) string { return string(i.Classification) }},
	{"origin", func(i Item) string { return string(i.Origin) }},
	{"severity", func(i Item) string { return string(i.Severity) }},
	{"onset_on", func(i Item) string { return string(i.OnsetOn) }},
	{"sampled_on", func(i Item) string { return string(i.SampledOn) }},
	{"confirmed_on", func(i Item) string { return string(i.ConfirmedOn) }},
	{"reported_on", func(i Item) string { return string(i.ReportedOn) }},
	{"admitted_on", func(i Item) string { return string(i.AdmittedOn) }},
	{"outcome", func(i Item) string { return string(i.Outcome) }},
	{"outcome_on", func(i Item) string { return string(i.OutcomeOn) }},
	{"second_negative_on", func(i Item) string { return string(i.SecondNegativeOn) }},
	{"detection_route", func(i Item) string { return string(i.DetectionRoute) }},
	{"zone_class", func(i Item) string { return string(i.ZoneClass) }},
	{"under_restriction_since", func(i Item) string { return string(i.UnderRestrictionSince) }},
	{"found_in_community", func(i Item) string { return strconv.FormatBool(i.FoundInCommunity) }},
	{"counted_as", func(i Item) string { return i.CountedAs }},
	{"counted_on", func(i Item) string { return string(i.CountedOn) }},
	{"reclassified_on", func(i Item) string { return string(i.ReclassifiedOn) }},
}

func whole(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// Export writes all cases that the filter lets through as CSV (UTF-8 with a byte order
// mark), page by page, and returns how many. No cell is a formula for a spreadsheet.
// The trail keeps how many left and the digest of the file (operation Exports).
func (s *Service) Export(ctx context.Context, tx *op.Tx, f Filter, w io.Writer) (int, error) {
	f.Limit, f.Cursor = largestLimit, ""
	frame, conditions, err := s.filtered(ctx, tx, &f)
	if err != nil {
		return 0, err
	}
	sum := sha256.New()
	out := csv.NewWriter(io.MultiWriter(w, sum))
	header := make([]string, len(exportColumns))
	for i, c := range exportColumns {
		header[i] = c.name
	}
	header[0] = utf8BOM + header[0]
	if err := out.Write(header); err != nil {
		return 0, err
	}
	n, err := s.exportPages(ctx, tx, f, frame, conditions, out)
	if err != nil {
		return n, err
	}
	tx.ChangedBatch("case.export", n, hex.EncodeToString(sum.Sum(nil)))
	return n, nil
}

func (s *Service) exportPages(ctx context.Context, tx *op.Tx, f Filter, frame Frame, conditions where, out *csv.Writer) (n int, err error) {
	err = s.pages(ctx, tx, f, frame, conditions, func(items []Item) error {
		for _, item := range items {
			row := cellsOf(item)
			for i, c := range row {
				row[i] = table.Escape(c)
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
		n += len(items)
		out.Flush()
		return out.Error()
	})
	return n, err
}

func cellsOf(i Item) []string {
	out := make([]string, len(exportColumns))
	for n, c := range exportColumns {
		out[n] = c.value(i)
	}
	return out
}

// pages reads all cases that the filter lets through, page by page.
func (s *Service) pages(ctx context.Context, tx *op.Tx, f Filter, frame Frame, conditions where, next func([]Item) error) error {
	for {
		records, cursor, err := pageOf(ctx, tx, f, where{parts: conditions.parts, args: append([]any{}, conditions.args...)})
		if err != nil {
			return err
		}
		cases := make([]Case, len(records))
		for i, r := range records {
			cases[i] = r.Case
		}
		items, err := s.items(ctx, tx, frame, cases)
		if err != nil {
			return err
		}
		if err := next(items); err != nil || cursor == "" {
			return err
		}
		f.Cursor = cursor
	}
}

// Exported is one case of an export: about whom, and the cells.
type Exported struct {
	Person ref.Person
	Cells  []string
}

// ExportColumns are the columns of an export, with whether how a cell is written may
// carry a mark.
func ExportColumns() (names []string, marked []bool) {
	for _, c := range exportColumns {
		names = append(names, c.name)
		marked = append(marked, c.name == "place" || strings.HasSuffix(c.name, "_masked"))
	}
	return names, marked
}

// Chosen counts the cases that the filter lets through.
func (s *Service) Chosen(ctx context.Context, tx *op.Tx, f Filter) (n int64, err error) {
	_, w, err := s.filtered(ctx, tx, &f)
	if err != nil {
		return 0, err
	}
	return n, tx.QueryRow(ctx, `SELECT count(*) FROM cases c WHERE `+w.text(), w.args...).Scan(&n)
}

// ExportPages hands all cases that the filter lets through on, page by page, masked.
func (s *Service) ExportPages(ctx context.Context, tx *op.Tx, f Filter, next func([]Exported) error) error {
	f.Limit, f.Cursor = largestLimit, ""
	frame, conditions, err := s.filtered(ctx, tx, &f)
	if err != nil {
		return err
	}
	return s.pages(ctx, tx, f, frame, conditions, func(items []Item) error {
		out := make([]Exported, len(items))
		for i, item := range items {
			out[i] = Exported{Person: item.PersonID, Cells: cellsOf(item)}
		}
		return next(out)
	})
}

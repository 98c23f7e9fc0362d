package importer

import (
	"slices"

	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/importer/table"
)

// sampleSize is how many rows a kind may look at, spread evenly over the file.
const sampleSize = 1000

// unknownWords is how many different unknown words of one column are listed.
const unknownWords = 50

// analysis is the work of finding out about a file.
type analysis struct {
	Analysis
	kind       Kind
	fields     []Field
	settings   Settings
	saved      savedMapping
	rejects    bool
	sample     []table.Row
	badFormats []string
	badColumns []string
	swapped    int // rows whose geometry looks as if latitude stood first
}

// read goes through the file once: evidence for the order of days, unknown words, and a
// sample. The pairs are made first.
func (a *analysis) read(path string) error {
	a.pair()
	rows, err := table.Open(path, a.File)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	evidence := a.evidence()
	reader := match.NewReader(a.plan())
	unknown := map[string]map[string]int{}
	stride := 1
	for n := 0; rows.Next(); n++ {
		row := rows.Row()
		for column, e := range evidence {
			if row.Problem == nil {
				e.Add(row.Number, row.Cells[column])
			}
		}
		_, _, refusals := reader.Read(row)
		countUnknown(unknown, refusals)
		if slices.ContainsFunc(refusals, func(r Refusal) bool { return r.Code == match.CodeGeoSwapped }) {
			a.swapped++
		}
		if n%stride == 0 {
			if len(a.sample) == sampleSize {
				a.sample, stride = everySecond(a.sample), stride*2
			}
			if n%stride == 0 {
				r := *row
				r.Cells = slices.Clone(row.Cells)
				a.sample = append(a.sample, r)
			}
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	a.Missing, a.Unknown = reader.Missing(), unknown
	a.settleDays(evidence)
	a.dropUnfit()
	return nil
}

func everySecond(rows []table.Row) []table.Row {
	out := rows[:0]
	for i := 0; i < len(rows); i += 2 {
		out = append(out, rows[i])
	}
	return out
}

func countUnknown(unknown map[string]map[string]int, refusals []Refusal) {
	for _, r := range refusals {
		if r.Code != match.CodeUnknown {
			continue
		}
		words := unknown[r.Field]
		if words == nil {
			words = map[string]int{}
			unknown[r.Field] = words
		}
		if _, known := words[r.Value]; known || len(words) < unknownWords {
			words[r.Value]++
		}
	}
}

// pair matches columns with fields: by hand, then from the saved mapping, then by name.
func (a *analysis) pair() {
	byKey := map[string]bool{}
	for _, f := range a.fields {
		byKey[f.Key] = true
	}
	takenField, decided := map[string]bool{}, map[int]bool{}
	choose := func(from map[string]string, reason match.Reason) {
		for i, name := range a.Columns {
			key, ok := from[name]
			if !ok || decided[i] {
				continue
			}
			if key != "" && (!byKey[key] || takenField[key]) {
				if reason == match.ByUser {
					a.badColumns = append(a.badColumns, name)
				}
				continue
			}
			decided[i] = true
			if key != "" {
				takenField[key] = true
				a.Pairs = append(a.Pairs, match.Pair{Column: i, Field: key, Score: 1, Reason: reason, Matched: name})
			}
		}
	}
	choose(a.settings.Columns, match.ByUser)
	choose(a.saved.Columns, match.BySaved)
	for _, name := range sortedKeys(a.settings.Columns) {
		if !slices.Contains(a.Columns, name) {
			a.badColumns = append(a.badColumns, name)
		}
	}
	var names []string
	var index []int
	for i, name := range a.Columns {
		if !decided[i] {
			names, index = append(names, name), append(index, i)
		}
	}
	var fields []Field
	for _, f := range a.fields {
		if !takenField[f.Key] {
			fields = append(fields, f)
		}
	}
	for _, p := range match.Columns(names, fields) {
		p.Column = index[p.Column]
		a.Pairs = append(a.Pairs, p)
	}
	slices.SortFunc(a.Pairs, func(x, y match.Pair) int { return x.Column - y.Column })
	a.sortOut()
}

// sortOut lists the columns that feed no field, and those of them that are kept.
func (a *analysis) sortOut() {
	a.Unmatched, a.Kept = nil, nil
	fed := map[int]bool{}
	for _, p := range a.Pairs {
		fed[p.Column] = true
	}
	for i, name := range a.Columns {
		if fed[i] {
			continue
		}
		a.Unmatched = append(a.Unmatched, name)
		if a.settings.KeepExtra || slices.Contains(a.settings.Keep, name) || slices.Contains(a.saved.Keep, name) {
			a.Kept = append(a.Kept, name)
		}
	}
}

func (a *analysis) field(key string) Field {
	for _, f := range a.fields {
		if f.Key == key {
			return f
		}
	}
	return Field{}
}

func (a *analysis) evidence() map[int]*match.Evidence {
	out := map[int]*match.Evidence{}
	for _, p := range a.Pairs {
		if f := a.field(p.Field); f.Type == match.TypeDay {
			out[p.Column] = match.NewEvidence(a.Columns[p.Column], f)
		}
	}
	return out
}

// settleDays decides how the days of each column are written.
func (a *analysis) settleDays(evidence map[int]*match.Evidence) {
	var all []*match.Evidence
	for i := range a.Columns {
		if e, ok := evidence[i]; ok {
			all = append(all, e)
		}
	}
	chosen, file := a.chosenFormats()
	a.Days = match.Settle(all, chosen, file)
	for i, d := range a.Days {
		if f, ok := a.savedFormat(d.Column); ok && d.By == match.Unsettled {
			a.Days[i].Format, a.Days[i].By = f, match.By(match.BySaved)
		}
	}
}

// chosenFormats are the formats the user named in these settings.
func (a *analysis) chosenFormats() (map[string]match.DayFormat, *match.DayFormat) {
	chosen := map[string]match.DayFormat{}
	for _, column := range sortedKeys(a.settings.Dates) {
		f, ok := match.ParseDayFormat(a.settings.Dates[column])
		if !ok {
			a.badFormats = append(a.badFormats, column)
			continue
		}
		chosen[column] = f
	}
	if a.settings.DateFormat == "" {
		return chosen, nil
	}
	f, ok := match.ParseDayFormat(a.settings.DateFormat)
	if !ok {
		a.badFormats = append(a.badFormats, "")
		return chosen, nil
	}
	return chosen, &f
}

// savedFormat is what was chosen for the column before. What an earlier file merely
// proved is taken over by a file of refused rows only: it is part of that file.
func (a *analysis) savedFormat(column string) (match.DayFormat, bool) {
	if s, ok := a.saved.Dates[column]; ok {
		return match.ParseDayFormat(s)
	}
	if a.saved.DateFormat != "" {
		return match.ParseDayFormat(a.saved.DateFormat)
	}
	if a.rejects {
		f, ok := a.saved.Settled[column]
		return f, ok
	}
	return match.DayFormat{}, false
}

// plan is how rows are read once the days are settled.
func (a *Analysis) plan(fields []Field, s Settings, saved map[string]map[string]string) match.Plan {
	days := map[string]match.DayFormat{}
	for _, d := range a.Days {
		days[d.Column] = d.Format
	}
	values := map[string]map[string]string{}
	for _, from := range []map[string]map[string]string{saved, s.Values} {
		for field, words := range from {
			if values[field] == nil {
				values[field] = map[string]string{}
			}
			for word, code := range words {
				values[field][word] = code
			}
		}
	}
	return match.Plan{Columns: a.Columns, Fields: fields, Pairs: a.Pairs, Days: days, Values: values, Keep: a.Kept, Zone: s.zone(), LatFirst: s.Answers[AnswerCoordinates] == LatitudeFirst}
}

func (a *analysis) plan() match.Plan {
	a.SavedValues = a.saved.Values
	return a.Analysis.plan(a.fields, a.settings, a.saved.Values)
}

func (a *analysis) sampleRows() []Row {
	reader := match.NewReader(a.plan())
	var out []Row
	for i := range a.sample {
		if values, extra, refusals := reader.Read(&a.sample[i]); len(refusals) == 0 {
			out = append(out, Row{Number: a.sample[i].Number, Sheet: a.sample[i].Sheet, values: values, extra: extra})
		}
	}
	return out
}

// dropUnfit gives up matches made by resemblance when no value of the sample can be read
// as the field's type: the name was about something else.
func (a *analysis) dropUnfit() {
	plan := a.plan()
	var drop []Dropped
	for _, p := range a.Pairs {
		if p.Score >= 0.95 {
			continue
		}
		one := plan
		one.Pairs, one.Keep = []match.Pair{p}, nil
		reader := match.NewReader(one)
		good, bad := 0, 0
		for i := range a.sample {
			values, _, refusals := reader.Read(&a.sample[i])
			switch {
			case len(refusals) > 0 && a.sample[i].Problem == nil:
				bad++
			case values[p.Field].State == match.Present:
				good++
			}
		}
		if good == 0 && bad > 0 {
			f := a.field(p.Field)
			params := func(title string) map[string]string {
				return map[string]string{"column": a.Columns[p.Column], "field": title}
			}
			drop = append(drop, Dropped{Field: p.Field, Reason: Text{
				Zh: match.Sentence("importer.values_do_not_fit", params(f.Title.Zh), "zh-CN"),
				En: match.Sentence("importer.values_do_not_fit", params(f.Title.En), "en"),
			}})
		}
	}
	a.drop(drop)
}

// drop gives matches up, except those made by hand, and reports whether any went.
func (a *analysis) drop(dropped []Dropped) bool {
	any := false
	for _, d := range dropped {
		i := slices.IndexFunc(a.Pairs, func(p match.Pair) bool { return p.Field == d.Field && p.Reason != match.ByUser })
		if i < 0 {
			continue
		}
		column := a.Columns[a.Pairs[i].Column]
		a.Pairs = slices.Delete(a.Pairs, i, i+1)
		a.Days = slices.DeleteFunc(a.Days, func(s match.Settled) bool { return s.Column == column })
		delete(a.Unknown, d.Field)
		delete(a.Missing, column)
		a.Dropped = append(a.Dropped, d)
		any = true
	}
	if any {
		a.sortOut()
	}
	return any
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

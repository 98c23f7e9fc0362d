package cases

import (
	"slices"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Classed is one classification a case has had. On is the day from which it holds,
// empty for the classification it was first reported with: that one holds from the
// case's own days, and follows them when they are corrected.
type Classed struct {
	ID             string         `json:"id" audit:"-"`
	CaseID         ref.Case       `json:"case_id" audit:"-"`
	Ordinal        int64          `json:"ordinal" audit:"-"` // 1, 2, … within the case
	Classification Classification `json:"classification" audit:"public"`
	On             store.Day      `json:"on" audit:"public"`
	Reason         string         `json:"reason" audit:"public"`
	ByID           ref.User       `json:"by_id" audit:"-"`
	ByName         string         `json:"by_name" audit:"-"`
	At             store.Instant  `json:"at" audit:"-"`
}

// Classes says how a classification is counted: "confirmed", "asymptomatic" or "none".
// A protocol pack's view on a day is one.
type Classes interface {
	CountsAs(classification string) string
}

// The answers of Classes, which are also the values of Counting.CountedAs.
const (
	asConfirmed    = "confirmed"
	asAsymptomatic = "asymptomatic"
)

// derive says how a case with this history and these days counts.
//
// A case counts as what it is now. If it is confirmed and was asymptomatic before, it
// counts as asymptomatic on its day of counting and as reclassified on the day it was
// confirmed; anything else it was before (confirmed and then found asymptomatic,
// excluded and then taken back) was an error, and the past is corrected.
func derive(history []Classed, f Facts, classes Classes) Counting {
	c := Counting{ReportDay: f.reportDay()}
	var counting []Classed
	asymptomatic := -1 // the last asymptomatic one in counting
	for i, h := range history {
		switch classes.CountsAs(string(h.Classification)) {
		case asAsymptomatic:
			asymptomatic = len(counting)
			counting = append(counting, h)
		case asConfirmed:
			counting = append(counting, h)
		default:
			if i == len(history)-1 {
				return c
			}
		}
	}
	if len(counting) == 0 {
		return c
	}
	since := counting[0].On
	switch asymptomatic {
	case -1:
		c.CountedAs, c.CountedOn = asConfirmed, countingDay(f, since, false)
	case len(counting) - 1:
		c.CountedAs, c.CountedOn = asAsymptomatic, countingDay(f, since, false)
	default:
		c.CountedAs, c.CountedOn = asAsymptomatic, countingDay(f, since, true)
		c.ReclassifiedOn = max(c.CountedOn, counting[asymptomatic+1].On)
	}
	if c.CountedOn == "" {
		return Counting{ReportDay: c.ReportDay}
	}
	return c
}

// countingDay is the day on which a case enters the bulletin: its report, else its
// confirmation, else its sampling, else its onset; never before the day from which it
// is so classified (a suspicion reported on Monday and confirmed on Wednesday counts on
// Wednesday). The confirmation of a reclassified case is not that of its first report,
// so it comes last.
func countingDay(f Facts, since store.Day, reclassified bool) store.Day {
	if reclassified {
		return max(first(f.ReportedOn, since, f.SampledOn, f.OnsetOn, f.ConfirmedOn), since)
	}
	return max(first(f.ReportedOn, f.ConfirmedOn, since, f.SampledOn, f.OnsetOn), since)
}

// begins is the day from which the history speaks: a later classification cannot hold
// from an earlier one.
func begins(history []Classed, f Facts) store.Day {
	return first(history[0].On, f.reportDay())
}

// follow checks a further classification against the history.
func follow(history []Classed, f Facts, next Classification, on store.Day) error {
	last := history[len(history)-1]
	if last.Classification == next {
		return fault.Conflictf("cases.same_classification", "the case is so classified already").With("classification", "same")
	}
	earliest := max(begins(history, f), last.On)
	if on < earliest {
		return fault.Invalidf("cases.before_first_classification", "a classification cannot hold from before the one it follows, %s", earliest).
			With("on", "too_early").Param("earliest", earliest)
	}
	return nil
}

// Text is a title in both languages of the product.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

var classTitles = map[Classification]Text{
	"suspected": {"疑似病例", "Suspected case"}, "screening_positive": {"初筛阳性", "Screening positive, pending review"},
	"probable": {"可能病例", "Probable case"}, "confirmed": {"确诊病例", "Confirmed case"},
	"asymptomatic": {"无症状感染者", "Asymptomatic infection"}, "excluded": {"已排除", "Excluded"},
}

// title says what happened when the classification at i was made.
func title(history []Classed, i int) Text {
	now := history[i].Classification
	if i > 0 && now == Confirmed && slices.ContainsFunc(history[:i], func(c Classed) bool { return c.Classification == Asymptomatic }) {
		return Text{"无症状转确诊", "Asymptomatic reclassified as confirmed"}
	}
	return classTitles[now]
}

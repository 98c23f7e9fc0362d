package people

import (
	"slices"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
)

// Deed is what a bulk change does to each selected person: exactly one of these.
type Deed struct {
	Category Category  `json:"category,omitempty" doc:"Give everybody this category"`
	AddNeed  Need      `json:"add_need,omitempty" doc:"Put everybody on the list for this need"`
	EndNeed  Need      `json:"end_need,omitempty" doc:"Take everybody off the list for this need"`
	On       store.Day `json:"on,omitempty" doc:"First day of the need added, or last day of the need ended; left out: not stated"`
}

func (d Deed) check() error {
	stated := 0
	for _, set := range []bool{d.Category != "", d.AddNeed != "", d.EndNeed != ""} {
		if set {
			stated++
		}
	}
	f := fault.Invalidf("people.bulk_invalid", "state exactly one change")
	switch {
	case stated != 1:
		f.With("deed", "required")
	case d.Category != "" && !slices.Contains(Categories, d.Category):
		f.With("category", "unknown")
	case d.AddNeed != "" && NeedsOf(d.AddNeed) == 0:
		f.With("add_need", "unknown")
	case d.EndNeed != "" && NeedsOf(d.EndNeed) == 0:
		f.With("end_need", "unknown")
	case wrongDay(d.On):
		f.With("on", "bad_day")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Verdict is what a deed does to one person.
type Verdict string

// The verdicts. What is not one of the first two is refused, and says why.
const (
	WillChange Verdict = "change"
	IsSo       Verdict = "same"       // nothing to do
	NotFemale  Verdict = "not_female" // pregnancy and childbirth
	TooOld     Verdict = "too_old"    // minors and infants
	TooYoung   Verdict = "too_young"  // elderly
	MovedAway  Verdict = "moved_away" // lives outside the area since the selection was made
	NotThere   Verdict = "no_longer"  // not in the register any more
	Unsound    Verdict = "unsound"    // the record has a fault of its own, to be mended first
)

// elderlyAge and infantAge bound the groups of the special-care roster: 60 completed years
// (中华人民共和国老年人权益保障法 art. 2), and below 3 years.
const (
	elderlyAge = 60
	infantAge  = 3
)

// on says what the deed does to the person on a day. An age or sex that is not known
// speaks against nothing.
func (d Deed) on(p *Person, today store.Day) Verdict {
	switch {
	case d.Category != "":
		return changes(p.Category != d.Category)
	case d.EndNeed != "":
		return changes(p.Needs.Has(d.EndNeed))
	case p.Needs.Has(d.AddNeed):
		return IsSo
	}
	age, known := Age(p.BirthOn, today)
	switch d.AddNeed {
	case Pregnant, PostPartum:
		if p.Sex == Male {
			return NotFemale
		}
	case Infant:
		if known && age >= infantAge {
			return TooOld
		}
	case MinorAlone:
		if known && age >= adultAge {
			return TooOld
		}
	case LivesAloneElderly:
		if known && age < elderlyAge {
			return TooYoung
		}
	}
	return WillChange
}

func changes(differs bool) Verdict {
	if differs {
		return WillChange
	}
	return IsSo
}

// apply does the deed to care as it stands.
func (d Deed) apply(category Category, care []Care) (Category, []Care) {
	switch {
	case d.Category != "":
		return d.Category, care
	case d.AddNeed != "":
		return category, append(slices.Clone(care), Care{Need: d.AddNeed, Since: d.On})
	}
	return category, slices.DeleteFunc(slices.Clone(care), func(c Care) bool { return c.Need == d.EndNeed })
}

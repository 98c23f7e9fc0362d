package incident

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Stage is the name of a phase.
type Stage string

// The phases in their usual order (mission C1).
const (
	Activation       Stage = "activation"        // 启动
	CleanupDrive     Stage = "cleanup_drive"     // 攻坚
	GeneralOffensive Stage = "general_offensive" // 总攻
	FinalPush        Stage = "final_push"        // 最后冲锋
	CommunityZero    Stage = "community_zero"    // 社会面清零
	Consolidation    Stage = "consolidation"     // 转段
	Reopening        Stage = "reopening"         // 复工复产
)

// Stages lists the phases in their usual order.
func Stages() []Stage {
	return []Stage{Activation, CleanupDrive, GeneralOffensive, FinalPush, CommunityZero, Consolidation, Reopening}
}

func (s Stage) rank() int { return slices.Index(Stages(), s) }

// Phase is a stretch of days of an incident at a place, both ends included. An empty
// EndsOn is "still running".
type Phase struct {
	ID             ref.Phase     `json:"id" audit:"-"`
	IncidentID     ref.Incident  `json:"incident_id" audit:"public"`
	PlaceID        ref.Place     `json:"place_id" audit:"public"`
	PlacePath      string        `json:"place_path" audit:"-"`
	Phase          Stage         `json:"phase" audit:"public"`
	StartsOn       store.Day     `json:"starts_on" audit:"public"`
	EndsOn         store.Day     `json:"ends_on" audit:"public"`
	Objectives     string        `json:"objectives" audit:"public"`
	Evidence       string        `json:"evidence" audit:"public"`
	Reason         string        `json:"reason" audit:"public"`
	SteppedBack    bool          `json:"stepped_back" audit:"public"`
	DeclaredBy     ref.User      `json:"declared_by" audit:"-"`
	DeclaredByName string        `json:"declared_by_name" audit:"-"`
	DeclaredAt     store.Instant `json:"declared_at" audit:"-"`
	Version        int64         `json:"version" audit:"-"`
}

// Covers reports whether the phase runs on the day.
func (p Phase) Covers(day store.Day) bool {
	return p.StartsOn <= day && (p.EndsOn == "" || day <= p.EndsOn)
}

// Effective returns the phase that the place with this path is in on the day: its own,
// or that of its nearest ancestor that has one; false if there is none.
func Effective(phases []Phase, path string, day store.Day) (Phase, bool) {
	best, found := Phase{}, false
	for _, p := range phases {
		if p.Covers(day) && strings.HasPrefix(path, p.PlacePath) && (!found || len(p.PlacePath) > len(best.PlacePath)) {
			best, found = p, true
		}
	}
	return best, found
}

// Declaration is what is said when a phase is declared.
type Declaration struct {
	IncidentID ref.Incident
	PlaceID    ref.Place
	Phase      Stage
	StartsOn   store.Day
	Objectives string
	Evidence   string
	Reason     string
}

// longestText is the longest objective, evidence or reason, in characters.
const longestText = 4000

// announcedAhead is how many days ahead a phase may be declared. A design value: orders
// are announced some days ahead, and a mistyped year is not an announcement.
const announcedAhead = 31

func (d *Declaration) check(latest store.Day) error {
	f := fault.Invalidf("incident.invalid_phase", "the phase cannot be declared as it is")
	d.Objectives, d.Evidence, d.Reason = strings.TrimSpace(d.Objectives), strings.TrimSpace(d.Evidence), strings.TrimSpace(d.Reason)
	for _, text := range [][2]string{{"objectives", d.Objectives}, {"evidence", d.Evidence}, {"reason", d.Reason}} {
		if utf8.RuneCountInString(text[1]) > longestText {
			f.With(text[0], "too_long")
		}
	}
	if d.Phase.rank() < 0 {
		f.With("phase", "unknown")
	}
	if code := dayFault(d.StartsOn, latest.Add(announcedAhead)); code != "" {
		f.With("starts_on", code)
	}
	if d.PlaceID == "" {
		f.With("place_id", "required")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// follow builds the phase that the declaration makes at the place with this path, given
// all phases of the incident, and returns the phase of that place which it ends, if any.
func (d Declaration) follow(in Incident, path string, phases []Phase) (next Phase, former *Phase, err error) {
	if in.Status == Closed {
		return next, nil, fault.Conflictf("incident.closed", "the incident is closed")
	}
	if d.StartsOn < in.StartedOn {
		return next, nil, fault.Invalidf("incident.phase_before_start", "a phase cannot begin before its incident, on %s", in.StartedOn).
			With("starts_on", "before_start").Param("started_on", in.StartedOn)
	}
	for i := range phases {
		if phases[i].PlacePath == path && (former == nil || phases[i].StartsOn > former.StartsOn) {
			former = &phases[i]
		}
	}
	if former != nil && former.StartsOn >= d.StartsOn {
		return next, nil, fault.Conflictf("incident.phase_overlap", "the present phase began on %s; the next must begin later", former.StartsOn).
			With("starts_on", "overlap").Param("starts_on", former.StartsOn)
	}
	if former != nil && former.Phase == d.Phase && former.EndsOn == "" {
		return next, nil, fault.Conflictf("incident.phase_same", "the place is in this phase already").With("phase", "same")
	}
	back := steppedBack(phases, path, d)
	if back && d.Reason == "" {
		return next, nil, fault.Invalidf("incident.reason_needed", "a step back to an earlier phase needs a reason").With("reason", "required")
	}
	return Phase{
		IncidentID: in.ID, PlaceID: d.PlaceID, PlacePath: path, Phase: d.Phase, StartsOn: d.StartsOn,
		Objectives: d.Objectives, Evidence: d.Evidence, Reason: d.Reason, SteppedBack: back, Version: 1,
	}, former, nil
}

// steppedBack compares with the phase the place is in on the eve: its own, or the one
// it stands in through its city.
func steppedBack(phases []Phase, path string, d Declaration) bool {
	before, ok := Effective(phases, path, d.StartsOn.Add(-1))
	if !ok {
		before, ok = Effective(phases, path, d.StartsOn)
	}
	return ok && d.Phase.rank() < before.Phase.rank()
}

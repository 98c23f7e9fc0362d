package httpapi

import (
	"context"
	"strings"

	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// reasonView is why two records may be one person, in words.
type reasonView struct {
	Code    people.Reason `json:"code"`
	Zh      string        `json:"zh"`
	En      string        `json:"en"`
	Against bool          `json:"against" doc:"It speaks against the two being one"`
	Strong  bool          `json:"strong"`
}

func reasonViews(all []people.Reason) []reasonView {
	out := make([]reasonView, len(all))
	for i, r := range all {
		zh, en := r.Words()
		out[i] = reasonView{r, zh, en, r.Against(), r.Strong()}
	}
	return out
}

// DuplicateView is a pair as the queue shows it.
type DuplicateView struct {
	ID            ref.Duplicate         `json:"id"`
	Score         int                   `json:"score" doc:"0 to 100"`
	Reasons       []reasonView          `json:"reasons"`
	A             people.Row            `json:"a"`
	B             people.Row            `json:"b"`
	State         people.DuplicateState `json:"state" enum:"open,later,different,merged"`
	FoundBy       people.FoundBy        `json:"found_by" enum:"import,sweep,hand"`
	FoundAt       store.Instant         `json:"found_at"`
	AskedAgain    bool                  `json:"asked_again" doc:"Decided \"different\" once, and asked again for a new strong reason"`
	DecidedByName string                `json:"decided_by_name"`
	DecidedAt     store.Instant         `json:"decided_at"`
	Version       int64                 `json:"version"`
}

func viewDuplicate(d people.Duplicate, both map[ref.Person]people.Row) DuplicateView {
	return DuplicateView{ID: d.ID, Score: d.Score, Reasons: reasonViews(d.Reasons), A: both[d.A], B: both[d.B], State: d.State, FoundBy: d.FoundBy,
		FoundAt: d.FoundAt, AskedAgain: d.AskedAgain, DecidedByName: d.DecidedByName, DecidedAt: d.DecidedAt, Version: d.Version}
}

// hangsOnView is what a merge would move from one side to the other.
type hangsOnView struct {
	people.HangsOn
	Cases int `json:"cases"`
}

// sidesView is a pair side by side, as the records are today.
type sidesView struct {
	DuplicateView
	Today   []reasonView       `json:"today" doc:"Reasons for and against, as the records are today"`
	Keep    people.Side        `json:"keep" enum:"a,b" doc:"The record that is suggested to stay"`
	Fields  []people.SideField `json:"fields"`
	HangsOn struct {
		A hangsOnView `json:"a"`
		B hangsOnView `json:"b"`
	} `json:"hangs_on"`
}

// ETag is the version.
func (v sidesView) ETag() string { return etag(v.Version) }

// decisionView is what a decision made of a pair.
type decisionView struct {
	ID      ref.Duplicate         `json:"id"`
	State   people.DuplicateState `json:"state"`
	Version int64                 `json:"version"`
	Merge   ref.Merge             `json:"merge_id" doc:"Of a decision to merge: what undoing asks for; else empty"`
	Winner  ref.Person            `json:"winner_id" doc:"Of a decision to merge: the record that stays; else empty"`
}

// mergeView is a past merge.
type mergeView struct {
	ID            ref.Merge      `json:"id"`
	Winner        *people.Row    `json:"winner" doc:"The record that stayed; null when it is no record any more, because it was merged too"`
	WinnerID      ref.Person     `json:"winner_id"`
	Loser         people.Row     `json:"loser" doc:"The record that went, as it was"`
	Moved         map[string]int `json:"moved" doc:"What went from one to the other: how many, by table"`
	ByName        string         `json:"by_name"`
	At            store.Instant  `json:"at"`
	UndoneAt      store.Instant  `json:"undone_at"`
	UndoneByName  string         `json:"undone_by_name"`
	UndoReason    string         `json:"undo_reason"`
	Kept          []string       `json:"kept" doc:"Fields that undoing left as they were edited since"`
	CanBeUndone   bool           `json:"can_be_undone"`
	DuplicatePair ref.Duplicate  `json:"duplicate_id"`
}

func viewMerge(m people.Merge, winners map[ref.Person]people.Row, loser people.Row) mergeView {
	v := mergeView{ID: m.ID, WinnerID: m.Winner, Loser: loser, Moved: map[string]int{}, ByName: m.ByName, At: m.At, UndoneAt: m.UndoneAt,
		UndoneByName: m.UndoneName, UndoReason: m.UndoReason, Kept: m.Kept, DuplicatePair: m.Duplicate}
	for table, all := range m.Moved {
		if len(all) > 0 && !strings.Contains(table, ".") { // not what was only changed
			v.Moved[table] = len(all)
		}
	}
	if w, ok := winners[m.Winner]; ok {
		v.Winner, v.CanBeUndone = &w, m.UndoneAt == 0
	}
	return v
}

type duplicateListInput struct {
	Place  ref.Place             `query:"place_id" doc:"Pairs of which at least one lives there"`
	State  people.DuplicateState `query:"state" default:"open" enum:"open,later,different"`
	Cursor string                `query:"cursor"`
	Limit  int                   `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

type DuplicateInput struct {
	ID ref.Duplicate `path:"id"`
}

type decideInput struct {
	DuplicateInput
	IfMatch
	Body struct {
		Decision string                 `json:"decision" enum:"merge,different,later,open" doc:"open puts a pair that was not merged back into the queue"`
		Keep     people.Side            `json:"keep,omitempty" enum:"a,b" doc:"To merge: the record that stays"`
		Take     map[string]people.Side `json:"take,omitempty" doc:"To merge: by field, the side whose value is taken; left out: that of the record that stays, filled in from the other"`
	}
}

type proposeInput struct {
	Body struct {
		A ref.Person `json:"a_id"`
		B ref.Person `json:"b_id"`
	}
}

type sweepInput struct {
	Body struct {
		Place ref.Place `json:"place_id,omitempty" doc:"Left out: the whole register"`
	}
}

type lastSweepInput struct {
	Place ref.Place `query:"place_id"`
}

type mergeListInput struct {
	Place  ref.Place `query:"place_id"`
	Cursor string    `query:"cursor"`
	Limit  int       `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

type undoMergeInput struct {
	ID   ref.Merge `path:"id"`
	Body struct {
		Reason string `json:"reason" maxLength:"500" doc:"Why the two are not one after all; it is kept in the trail"`
	}
}

func (in *undoMergeInput) reason() string { return in.Body.Reason }

func (a *API) duplicateRoutes() {
	get(a, "/people/duplicates", people.ListDuplicates, "Pairs of people who may be one", a.listDuplicates)
	get(a, "/people/duplicates/{id}/sides", people.ViewDuplicate, "A pair side by side", a.sides)
	post(a, "/people/duplicates", people.DecideDuplicate, "Put a pair into the queue by hand", func(ctx context.Context, tx *op.Tx, in *proposeInput) (decisionView, error) {
		d, err := a.People.ProposePair(ctx, tx, in.Body.A, in.Body.B)
		a.changedAfter(tx, "", "duplicate")
		return decisionView{ID: d.ID, State: d.State, Version: d.Version}, err
	})
	post(a, "/people/duplicates/{id}/decide", people.DecideDuplicate, "Decide whether two people are one", a.decide)
	post(a, "/people/duplicates/sweep", people.SweepDuplicates, "Look for duplicates in the background", func(ctx context.Context, tx *op.Tx, in *sweepInput) (people.Sweep, error) {
		return a.People.StartSweep(ctx, tx, in.Body.Place)
	})
	get(a, "/people/duplicates/sweep", people.ListDuplicates, "The newest search for duplicates that covers a place", func(ctx context.Context, tx *op.Tx, in *lastSweepInput) (people.Sweep, error) {
		return a.People.LastSweep(ctx, tx, in.Place)
	})
	get(a, "/people/merges", people.ListMerges, "Past merges", a.listMerges)
	post(a, "/people/merges/{id}/undo", people.UndoMerge, "Make two people of one again", func(ctx context.Context, tx *op.Tx, in *undoMergeInput) (mergeView, error) {
		m, err := a.Workflow.UnmergePeople(ctx, tx, in.ID, in.Body.Reason)
		a.changedAfter(tx, "", "duplicate", "person", "case")
		return viewMerge(m, nil, people.Row{ID: m.Loser}), err
	})
}

func (a *API) listDuplicates(ctx context.Context, tx *op.Tx, in *duplicateListInput) (page[DuplicateView], error) {
	found, err := a.People.Duplicates(ctx, tx, people.DuplicateFilter{Place: in.Place, State: in.State, Cursor: in.Cursor, Limit: in.Limit})
	out := page[DuplicateView]{Items: []DuplicateView{}, Total: int(found.Total), NextCursor: found.Next}
	for _, d := range found.Items {
		out.Items = append(out.Items, viewDuplicate(d, found.People))
	}
	return out, err
}

func (a *API) sides(ctx context.Context, tx *op.Tx, in *DuplicateInput) (sidesView, error) {
	p, err := a.People.Duplicate(ctx, tx, in.ID)
	if err != nil {
		return sidesView{}, err
	}
	one, other := p.One, p.Other
	v := sidesView{DuplicateView: viewDuplicate(p.Duplicate, p.Rows), Today: reasonViews(p.Today.Reasons), Keep: people.Keep(one, other)}
	if v.Fields, err = a.People.Sides(ctx, tx, one, other); err != nil {
		return v, err
	}
	counts, err := cases.CountOf(ctx, tx, []ref.Person{one.ID, other.ID})
	if err != nil {
		return v, err
	}
	for _, side := range []struct {
		id  ref.Person
		dst *hangsOnView
	}{{one.ID, &v.HangsOn.A}, {other.ID, &v.HangsOn.B}} {
		side.dst.Cases = counts[side.id]
		if side.dst.HangsOn, err = a.People.HangsOn(ctx, tx, side.id); err != nil {
			return v, err
		}
	}
	return v, nil
}

func (a *API) decide(ctx context.Context, tx *op.Tx, in *decideInput) (decisionView, error) {
	version, err := in.version()
	if err != nil {
		return decisionView{}, err
	}
	a.changedAfter(tx, "", "duplicate")
	if in.Body.Decision != "merge" {
		if in.Body.Keep != "" || len(in.Body.Take) > 0 {
			return decisionView{}, fault.Invalidf("people.bad_choice", "only a merge keeps one of the two").With("keep", "unexpected")
		}
		d, err := a.People.Decide(ctx, tx, in.ID, version, people.DuplicateState(in.Body.Decision))
		return decisionView{ID: d.ID, State: d.State, Version: d.Version}, err
	}
	a.changedAfter(tx, "", "person", "case")
	m, err := a.Workflow.MergePeople(ctx, tx, people.Decision{Pair: in.ID, Version: version, Keep: in.Body.Keep, Take: in.Body.Take})
	return decisionView{ID: in.ID, State: people.DuplicateMerged, Version: version + 1, Merge: m.ID, Winner: m.Winner}, err
}

func (a *API) listMerges(ctx context.Context, tx *op.Tx, in *mergeListInput) (page[mergeView], error) {
	found, err := a.People.Merges(ctx, tx, people.MergeFilter{Place: in.Place, Cursor: in.Cursor, Limit: in.Limit})
	out := page[mergeView]{Items: []mergeView{}, Total: int(found.Total), NextCursor: found.Next}
	for _, m := range found.Items {
		out.Items = append(out.Items, viewMerge(m, found.Winners, found.Losers[m.ID]))
	}
	return out, err
}

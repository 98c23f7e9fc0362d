package httpapi

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// caseView is a case with its words around it; who it is stays masked.
type caseView struct {
	cases.Case
	PlaceName        string `json:"place_name"`
	PlaceTrail       string `json:"place_trail"`
	NameMasked       string `json:"name_masked"`
	PhoneMasked      string `json:"phone_masked"`
	IDMasked         string `json:"id_masked"`
	AddressMasked    string `json:"address_masked"`
	FoundInCommunity bool   `json:"found_in_community"`
}

// ETag is the version.
func (c caseView) ETag() string { return etag(c.Version) }

func viewOf(i cases.Item) caseView {
	return caseView{
		Case: i.Case, PlaceName: i.PlaceName, PlaceTrail: i.PlaceTrail, NameMasked: i.NameMasked, PhoneMasked: i.PhoneMasked,
		IDMasked: i.IDMasked, AddressMasked: i.AddressMasked, FoundInCommunity: i.FoundInCommunity,
	}
}

// CaseFilter is what a line list is filtered by.
type CaseFilter struct {
	Incident       ref.Incident    `query:"incident_id" required:"true"`
	Place          ref.Place       `query:"place_id" doc:"The place and all below it"`
	Classification string          `query:"classification" doc:"One or more, separated by commas"`
	Origin         cases.Origin    `query:"origin"`
	DetectionRoute cases.Route     `query:"detection_route"`
	ZoneClass      cases.ZoneClass `query:"zone_class"`
	Found          string          `query:"found" enum:"community,control"`
	Severity       cases.Severity  `query:"severity"`
	Outcome        cases.Outcome   `query:"outcome"`
	Sex            cases.Sex       `query:"sex"`
	From           store.Day       `query:"from"`
	To             store.Day       `query:"to"`
	Date           string          `query:"date" doc:"Which day from and to limit: report, onset, sampled, confirmed, outcome"`
	Counted        string          `query:"counted" doc:"Exactly the cases behind a figure of the days from–to: confirmed, asymptomatic, reclassified, infections, deaths"`
	OpenOn         store.Day       `query:"open_on" doc:"Counted cases whose outcome was still to come at the end of this day"`
	NoAnchorOn     store.Day       `query:"no_anchor_on" doc:"Closed cases without a second negative test or burial by this day"`
	Q              string          `query:"q" maxLength:"200" doc:"Beginning of a number, or exactly a name, phone or identity number"`
	Import         ref.ImportJob   `query:"import_id"`
	Person         ref.Person      `query:"person_id" doc:"The cases of one person"`
	Incomplete     bool            `query:"incomplete" doc:"Infections without any day to count them on"`
	Sort           string          `query:"sort" doc:"A field, with - in front for the last first"`
}

func (in CaseFilter) filter(ctx context.Context, tx *op.Tx) (cases.Filter, error) {
	f := cases.Filter{
		IncidentID: in.Incident, Origin: in.Origin, DetectionRoute: in.DetectionRoute, ZoneClass: in.ZoneClass, Found: in.Found,
		Severity: in.Severity, Outcome: in.Outcome, Sex: in.Sex, From: in.From, To: in.To, Date: in.Date, Counted: in.Counted,
		OpenOn: in.OpenOn, NoAnchorOn: in.NoAnchorOn, Q: in.Q, ImportID: in.Import, PersonID: in.Person, Incomplete: in.Incomplete, Sort: in.Sort,
	}
	for _, c := range strings.Split(in.Classification, ",") {
		if c != "" {
			f.Classifications = append(f.Classifications, cases.Classification(c))
		}
	}
	if in.Place == "" {
		return f, nil
	}
	p, err := places.Load(ctx, tx, in.Place)
	f.PlacePath = p.Path
	return f, err
}

type caseListInput struct {
	CaseFilter
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"500"`
}

type newCaseInput struct {
	Body struct {
		IncidentID     ref.Incident         `json:"incident_id"`
		Number         string               `json:"number,omitempty" maxLength:"100" doc:"Left out: one is made"`
		PlaceID        ref.Place            `json:"place_id,omitempty" doc:"Left out: the incident's place"`
		Classification cases.Classification `json:"classification"`
		IdentityBody
		FactsBody
	}
}

// IdentityBody is who a case is, as it comes in.
type IdentityBody struct {
	Name        *string `json:"name,omitempty" maxLength:"200"`
	Phone       *string `json:"phone,omitempty" maxLength:"50"`
	IDNumber    *string `json:"id_number,omitempty" maxLength:"50"`
	AddressNote *string `json:"address_note,omitempty" maxLength:"500"`
}

// FactsBody are the facts of a case as they come in; what is left out stays as it is.
type FactsBody struct {
	Origin                *cases.Origin    `json:"origin,omitempty"`
	Severity              *cases.Severity  `json:"severity,omitempty"`
	Sex                   *cases.Sex       `json:"sex,omitempty"`
	Age                   *int64           `json:"age,omitempty" minimum:"0" maximum:"130"`
	OnsetOn               *store.Day       `json:"onset_on,omitempty"`
	SampledOn             *store.Day       `json:"sampled_on,omitempty"`
	ConfirmedOn           *store.Day       `json:"confirmed_on,omitempty"`
	ReportedOn            *store.Day       `json:"reported_on,omitempty"`
	AdmittedOn            *store.Day       `json:"admitted_on,omitempty"`
	Outcome               *cases.Outcome   `json:"outcome,omitempty"`
	OutcomeOn             *store.Day       `json:"outcome_on,omitempty"`
	SecondNegativeOn      *store.Day       `json:"second_negative_on,omitempty"`
	DetectionRoute        *cases.Route     `json:"detection_route,omitempty"`
	ZoneClass             *cases.ZoneClass `json:"zone_class,omitempty"`
	UnderRestrictionSince *store.Day       `json:"under_restriction_since,omitempty"`
	Exposure              *string          `json:"exposure,omitempty" maxLength:"2000"`
}

func (b FactsBody) apply(f *cases.Facts) {
	give(&f.Origin, b.Origin)
	give(&f.Severity, b.Severity)
	give(&f.Sex, b.Sex)
	if b.Age != nil {
		f.Age, f.AgeMonths = b.Age, nil
	}
	give(&f.OnsetOn, b.OnsetOn)
	give(&f.SampledOn, b.SampledOn)
	give(&f.ConfirmedOn, b.ConfirmedOn)
	give(&f.ReportedOn, b.ReportedOn)
	give(&f.AdmittedOn, b.AdmittedOn)
	give(&f.Outcome, b.Outcome)
	give(&f.OutcomeOn, b.OutcomeOn)
	give(&f.SecondNegativeOn, b.SecondNegativeOn)
	give(&f.DetectionRoute, b.DetectionRoute)
	give(&f.ZoneClass, b.ZoneClass)
	give(&f.UnderRestrictionSince, b.UnderRestrictionSince)
	give(&f.Exposure, b.Exposure)
}

func give[T any](dst *T, v *T) {
	if v != nil {
		*dst = *v
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

type editCaseInput struct {
	ByID
	IfMatch
	Body struct {
		Number  *string    `json:"number,omitempty" maxLength:"100"`
		PlaceID *ref.Place `json:"place_id,omitempty"`
		IdentityBody
		FactsBody
	}
}

type classifyInput struct {
	ByID
	IfMatch
	Body struct {
		Classification cases.Classification `json:"classification"`
		On             store.Day            `json:"on" doc:"Day on which it takes effect"`
		Reason         string               `json:"reason,omitempty" maxLength:"2000"`
	}
}

func (in *classifyInput) reason() string { return in.Body.Reason }

type revealInput struct {
	ByID
	Body struct {
		Reason string `json:"reason" maxLength:"500" doc:"Why you need to see who this is; it is kept in the trail"`
	}
}

func (in *revealInput) reason() string { return in.Body.Reason }

// identityView is who a case is, in plain.
type identityView struct {
	Name        string `json:"name"`
	Phone       string `json:"phone"`
	IDNumber    string `json:"id_number"`
	AddressNote string `json:"address_note"`
}

// chronologyItem is one line of what happened to a case.
type chronologyItem struct {
	On     store.Day     `json:"on,omitempty"`
	At     store.Instant `json:"at,omitempty"`
	Kind   string        `json:"kind"`
	Title  cases.Text    `json:"title"`
	Detail string        `json:"detail"`
	ByName string        `json:"by_name"`
}

func (a *API) caseRoutes() {
	s := a.Cases
	get(a, "/cases", cases.Listing, "Line list", func(ctx context.Context, tx *op.Tx, in *caseListInput) (page[caseView], error) {
		f, err := in.filter(ctx, tx)
		if err != nil {
			return page[caseView]{}, err
		}
		f.Cursor, f.Limit = in.Cursor, in.Limit
		found, err := s.List(ctx, tx, f)
		out := page[caseView]{Items: []caseView{}, Total: int(found.Total), NextCursor: found.Next}
		for _, i := range found.Items {
			out.Items = append(out.Items, viewOf(i))
		}
		return out, err
	})
	get(a, "/cases/{id}", cases.View, "A case's file; the trail keeps that it was read", a.loadCase)
	post(a, "/cases", cases.Opening, "Open a case", a.openCase)
	patch(a, "/cases/{id}", cases.Amend, "Change a case", a.editCase)
	post(a, "/cases/{id}/classifications", cases.Reassess, "Reclassify a case", a.classifyCase)
	post(a, "/cases/{id}/reveal", cases.Identify, "See who a case is; the reason is kept in the trail", func(ctx context.Context, tx *op.Tx, in *revealInput) (identityView, error) {
		who, err := s.Reveal(ctx, tx, ref.Case(in.ID))
		return identityView{Name: who.Name, Phone: who.Phone, IDNumber: who.IDNumber, AddressNote: who.Address}, err
	})
	get(a, "/cases/{id}/chronology", cases.View, "What happened to a case, in order", a.chronology)
	get(a, "/cases/{id}/history", cases.View, "Who changed or read a case", a.caseHistory)
}

func (a *API) loadCase(ctx context.Context, tx *op.Tx, in *ByID) (caseView, error) {
	i, err := a.Cases.Load(ctx, tx, ref.Case(in.ID))
	return viewOf(i), err
}

func (a *API) openCase(ctx context.Context, tx *op.Tx, in *newCaseInput) (cases.Case, error) {
	b := in.Body
	n := cases.New{
		IncidentID: b.IncidentID, Number: b.Number, PlaceID: b.PlaceID, Classification: b.Classification,
		Identity: cases.Identity{Name: text(b.Name), Phone: text(b.Phone), IDNumber: text(b.IDNumber), Address: text(b.AddressNote)},
	}
	b.FactsBody.apply(&n.Facts)
	a.changedAfter(tx, b.IncidentID, "case", "situation", "clearance")
	return a.Cases.Open(ctx, tx, n)
}

func (a *API) editCase(ctx context.Context, tx *op.Tx, in *editCaseInput) (cases.Case, error) {
	version, err := in.version()
	if err != nil {
		return cases.Case{}, err
	}
	b := in.Body
	c, err := a.Cases.Update(ctx, tx, ref.Case(in.ID), version, func(e *cases.Edit) error {
		give(&e.Number, b.Number)
		give(&e.PlaceID, b.PlaceID)
		e.Identity = cases.IdentityChange{Name: b.Name, Phone: b.Phone, IDNumber: b.IDNumber, Address: b.AddressNote}
		b.FactsBody.apply(&e.Facts)
		return nil
	})
	a.changedAfter(tx, c.IncidentID, "case", "situation", "clearance")
	return c, err
}

func (a *API) classifyCase(ctx context.Context, tx *op.Tx, in *classifyInput) (cases.Case, error) {
	version, err := in.version()
	if err != nil {
		return cases.Case{}, err
	}
	c, err := a.Cases.Classify(ctx, tx, ref.Case(in.ID), version, cases.Later{Classification: in.Body.Classification, On: in.Body.On, Reason: in.Body.Reason})
	a.changedAfter(tx, c.IncidentID, "case", "situation", "clearance")
	return c, err
}

func (a *API) chronology(ctx context.Context, tx *op.Tx, in *ByID) (list[chronologyItem], error) {
	events, err := a.Cases.Chronology(ctx, tx, ref.Case(in.ID))
	out := list[chronologyItem]{Items: []chronologyItem{}}
	for _, e := range events {
		out.Items = append(out.Items, chronologyItem{On: e.On, At: e.At, Kind: e.Kind, Title: e.Title, Detail: e.Detail, ByName: e.ByName})
	}
	return out, err
}

// caseHistory shows the trail of one case to whoever may read the case.
func (a *API) caseHistory(ctx context.Context, tx *op.Tx, in *ByID) (list[audit.Entry], error) {
	if _, err := a.Cases.Load(ctx, tx, ref.Case(in.ID)); err != nil {
		return list[audit.Entry]{}, err
	}
	entries, _, err := audit.List(ctx, tx.Tx, tx.Scope(), audit.Filter{Subject: ref.Case(in.ID).Ref().String(), Limit: 200})
	return list[audit.Entry]{entries}, err
}

// firstWrite runs before once, ahead of the first byte.
type firstWrite struct {
	w      io.Writer
	before func()
	done   bool
}

func (f *firstWrite) Write(b []byte) (int, error) {
	if !f.done {
		f.done = true
		f.before()
	}
	n, err := f.w.Write(b)
	if err != nil {
		err = errors.Join(err, context.Canceled) // the reader went away: not an error of ours
	}
	return n, err
}

package httpapi

import (
	"context"
	"reflect"

	"github.com/allclear/allclear/internal/platform/disclosure"
	"github.com/allclear/allclear/internal/platform/httpx"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// alertList is the alerts with how many are open.
type alertList struct {
	Items []disclosure.Alert `json:"items"`
	Open  int64              `json:"open"`
}

type alertListInput struct {
	State string `query:"state" enum:"open,settled"`
}

type settleAlertInput struct {
	ByID
	Body struct {
		Note string `json:"note" minLength:"2" maxLength:"500" doc:"What was found"`
	}
}

func (in *settleAlertInput) reason() string { return in.Body.Note }

type reasonInput struct {
	Body struct {
		Reason string `json:"reason" maxLength:"500"`
	}
}

func (in *reasonInput) reason() string { return in.Body.Reason }

type extended struct {
	Until store.Instant `json:"until"`
}

type watchInput struct {
	Body struct {
		PersonID ref.Person `json:"person_id"`
		Note     string     `json:"note" maxLength:"500"`
	}
}

type holdInput struct {
	ByID
	Body struct {
		Reason   string    `json:"reason" maxLength:"500"`
		UntilOn  store.Day `json:"until_on"`
		Reviewer string    `json:"reviewer" maxLength:"100" doc:"Who looks at it again"`
	}
}

func (in *holdInput) reason() string { return in.Body.Reason }

type keepInput struct {
	ByID
	Body struct {
		KeepUntil store.Day `json:"keep_until"`
		Reason    string    `json:"reason,omitempty" maxLength:"500" doc:"Needed to keep the record longer"`
	}
}

func (in *keepInput) reason() string { return in.Body.Reason }

type retentionInput struct {
	Days int `query:"days" default:"30" minimum:"0" maximum:"366"`
}

// kept is when a record ends now.
type kept struct {
	KeepUntil store.Day `json:"keep_until"`
	Version   int64     `json:"version"`
}

// whoSaw is who saw a person's data. The statement for the resident is made from it.
type whoSaw struct {
	Items []disclosure.Disclosure `json:"items"`
	// At is when it was asked for.
	At store.Instant `json:"at"`
}

// dataRegister is the register of personal data.
type dataRegister struct {
	Items  []disclosure.Field `json:"items"`
	Legend disclosure.Legend  `json:"legend"`
}

func (a *API) disclosureRoutes() {
	d := a.Disclosure
	get(a, "/disclosure/alerts", disclosure.ViewAlerts, "Alerts about who looked at many people", func(ctx context.Context, tx *op.Tx, in *alertListInput) (alertList, error) {
		items, open, err := d.Alerts(ctx, tx, in.State)
		return alertList{items, open}, err
	})
	post(a, "/disclosure/alerts/{id}/settle", disclosure.SettleAlert, "Settle an alert with what was found", func(ctx context.Context, tx *op.Tx, in *settleAlertInput) (disclosure.Alert, error) {
		return d.Settle(ctx, tx, in.ID, in.Body.Note)
	})
	get(a, "/disclosure/quota", disclosure.ViewOwn, "How much of one's quota is used", func(ctx context.Context, tx *op.Tx, _ *none) (disclosure.Standing, error) {
		return d.Standing(ctx, tx)
	})
	post(a, "/disclosure/extensions", disclosure.ExtendQuota, "Go on over the quota for an hour, with a reason; others are told", func(ctx context.Context, tx *op.Tx, _ *reasonInput) (extended, error) {
		until, err := d.Extend(ctx, tx)
		return extended{until}, err
	})
	get(a, "/disclosure/watched", disclosure.ViewWatched, "Records that nobody has a reason to open, by their notes", func(ctx context.Context, tx *op.Tx, _ *none) (list[disclosure.Watched], error) {
		items, err := d.WatchedList(ctx, tx)
		return list[disclosure.Watched]{items}, err
	})
	post(a, "/disclosure/watched", disclosure.WatchPerson, "Be told when somebody opens a record", func(ctx context.Context, tx *op.Tx, in *watchInput) (disclosure.Watched, error) {
		return d.Watch(ctx, tx, in.Body.PersonID, in.Body.Note)
	})
	remove(a, "/disclosure/watched/{id}", disclosure.UnwatchOne, "End a watch", func(ctx context.Context, tx *op.Tx, in *ByID) (nothing, error) {
		return nothing{}, d.Unwatch(ctx, tx, in.ID)
	})
	get(a, "/data-register", disclosure.ViewRegister, "Which personal data are kept, why, for how long, and who sees them", func(context.Context, *op.Tx, *none) (dataRegister, error) {
		fields, legend := disclosure.Register()
		return dataRegister{fields, legend}, nil
	})
	get(a, "/people/{id}/disclosures", disclosure.WhoSaw, "Who saw a person's data; that it was asked for is kept in the trail", func(ctx context.Context, tx *op.Tx, in *ByID) (whoSaw, error) {
		p, err := a.People.Load(ctx, tx, ref.Person(in.ID))
		if err != nil {
			return whoSaw{}, err
		}
		tx.At(p.PlacePath)
		items, err := d.WhoSaw(ctx, tx, p.ID)
		return whoSaw{items, tx.Now()}, err
	})
	a.retentionRoutes()
	a.keyRoutes()
}

func (a *API) retentionRoutes() {
	get(a, "/retention", people.ViewRetention, "What ends soon, what is held, what was erased", func(ctx context.Context, tx *op.Tx, in *retentionInput) (people.RetentionView, error) {
		return a.People.Endings(ctx, tx, in.Days)
	})
	post(a, "/people/{id}/holds", people.HoldPerson, "Keep a record beyond its end, with a reason, an end and a reviewer", func(ctx context.Context, tx *op.Tx, in *holdInput) (people.Hold, error) {
		return a.People.Hold(ctx, tx, ref.Person(in.ID), in.Body.UntilOn, in.Body.Reviewer)
	})
	remove(a, "/retention/holds/{id}", people.ReleasePerson, "End a hold", func(ctx context.Context, tx *op.Tx, in *ByID) (nothing, error) {
		return nothing{}, a.People.Release(ctx, tx, in.ID)
	})
	put(a, "/people/{id}/retention", people.SetRetention, "Set the day on which a record ends; later only with a reason", func(ctx context.Context, tx *op.Tx, in *keepInput) (kept, error) {
		p, err := a.People.KeepUntil(ctx, tx, ref.Person(in.ID), in.Body.KeepUntil)
		return kept{p.KeepUntil, p.Version}, err
	})
}

func (a *API) keyRoutes() {
	get(a, "/keys", disclosure.ViewKeys, "The data keys and their changes", func(ctx context.Context, tx *op.Tx, _ *none) (disclosure.Keys, error) {
		return a.Disclosure.KeysNow(ctx, tx)
	})
	post(a, "/keys", disclosure.RotateKey, "Change the data key; older values are sealed again in the background", func(ctx context.Context, tx *op.Tx, _ *none) (vault.Rotation, error) {
		return a.Disclosure.Rotate(ctx, tx, vault.Config{})
	})
}

// showsRows is an answer that knows how many rows of people it shows.
type showsRows interface{ rowsShown() int }

// rowsOf counts the rows of people in an answer: what it says itself, else its field Items.
func rowsOf(out any) int {
	if x, ok := out.(showsRows); ok {
		return x.rowsShown()
	}
	v := reflect.Indirect(reflect.ValueOf(out))
	if v.Kind() != reflect.Struct {
		return 1
	}
	items := v.FieldByName("Items")
	if !items.IsValid() || items.Kind() != reflect.Slice {
		return 1
	}
	return items.Len()
}

// listed tells the watch over bulk reading how many rows an answer shows. The answer is
// given all the same when keeping count fails: the log says so.
func (a *API) listed(ctx context.Context, def *op.Def, out any) {
	if a.Disclosure == nil || def.Kind() != op.View || !a.Disclosure.Rules().Counts(def.Name()) {
		return
	}
	if err := a.Disclosure.Listed(ctx, def, principal(ctx), rowsOf(out)); err != nil {
		a.Log.ErrorContext(ctx, "rows shown could not be counted", "operation", def.Name(), "error", err, "request", httpx.RequestID(ctx))
	}
}

package cases

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// longestReason is the longest reason for a classification, in characters.
const longestReason = 1000

// Classify gives a case a further classification, from a day on (operation Reassess).
// A confirmed case without a day of confirmation is confirmed on that day.
func (s *Service) Classify(ctx context.Context, tx *op.Tx, id ref.Case, version int64, l Later) (Case, error) {
	before, err := s.forChange(ctx, tx, id, version)
	if err != nil {
		return Case{}, err
	}
	f, err := s.frameOf(ctx, tx, before.IncidentID)
	if err != nil {
		return Case{}, err
	}
	l.Reason = strings.TrimSpace(l.Reason)
	if err := l.check(f.latest(tx.Now())); err != nil {
		return Case{}, err
	}
	past, err := histories(ctx, tx, []ref.Case{id})
	if err != nil {
		return Case{}, err
	}
	after, added, err := reclassify(tx, f, before, past[id], l)
	if err != nil {
		return Case{}, err
	}
	after, err = s.save(ctx, tx, before, after, []Classed{added})
	if err != nil {
		return after, err
	}
	tx.At(after.PlacePath)
	tx.Changed(id.Ref(), before, after)
	return after, nil
}

// reclassify is the rule of Classify, without reading or writing.
func reclassify(tx *op.Tx, f Frame, before Case, past []Classed, l Later) (Case, Classed, error) {
	if err := follow(past, before.Facts, l.Classification, l.On); err != nil {
		return before, Classed{}, err
	}
	added := newClassed(tx, before.ID, len(past)+1, l)
	after := before
	after.Classification = l.Classification
	if l.Classification == Confirmed && after.ConfirmedOn == "" {
		after.ConfirmedOn = l.On
	}
	after.Counting = derive(append(past, added), after.Facts, f.classes(after.Facts))
	return after, added, nil
}

func (l Later) check(latest store.Day) error {
	f := fault.Invalidf("cases.invalid_classification", "the case cannot be classified like this")
	if !known("classification", l.Classification) {
		f.With("classification", "unknown")
	}
	if _, ok := store.ParseDay(string(l.On)); !ok {
		f.With("on", "not_a_day")
	} else if l.On > latest {
		f.With("on", "in_future")
	}
	if utf8.RuneCountInString(l.Reason) > longestReason {
		f.With("reason", "too_long")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

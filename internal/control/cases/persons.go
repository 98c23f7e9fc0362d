package cases

import (
	"context"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// Who a case is belongs to the register of people.
type (
	Identity       = people.Identity
	IdentityChange = people.IdentityChange
)

// changeTo is the change that what is said makes to what is known about somebody.
// Nothing said changes nothing.
func changeTo(said, known Identity) IdentityChange {
	var c IdentityChange
	for _, x := range []struct {
		dst        **string
		said, have string
	}{{&c.Name, said.Name, known.Name}, {&c.Phone, said.Phone, known.Phone}, {&c.IDNumber, said.IDNumber, known.IDNumber}, {&c.Address, said.Address, known.Address}} {
		if x.said != "" && x.said != x.have {
			text := x.said
			*x.dst = &text
		}
	}
	return c
}

// admit gives every case without a person one of the register, who lives where the case
// stands. A person without any identity is one whom nobody can name yet.
func (s *Service) admit(ctx context.Context, tx *op.Tx, all []New, drafts []draft) error {
	var wanted []people.Details
	for i, d := range drafts {
		if d.PersonID == "" {
			who := all[i].Identity
			or(&who.Sex, people.Sex(d.Sex))
			wanted = append(wanted, people.Details{Identity: who, Place: d.PlaceID})
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	got, err := s.people.Admit(ctx, tx, wanted)
	if err != nil {
		return err
	}
	for i := range drafts {
		if drafts[i].PersonID == "" {
			drafts[i].PersonID, got = got[0], got[1:]
		}
	}
	return nil
}

// correct changes who a case is, if anything is to be changed.
func (s *Service) correct(ctx context.Context, tx *op.Tx, id ref.Person, c IdentityChange) error {
	if c == (IdentityChange{}) {
		return nil
	}
	return s.people.Correct(ctx, tx, id, c)
}

package people

import "github.com/allclear/allclear/internal/platform/op"

// The operations on people.
var (
	// ImportPeople takes files of people into the register.
	ImportPeople = op.Define("people.person.import", op.Change)

	Listing      = op.Define("people.person.list", op.View)
	Searching    = op.Define("people.person.search", op.View)
	ViewPerson   = op.Define("people.person.view", op.File)
	Reveal       = op.Define("people.person.reveal", op.File)
	FindByNumber = op.Define("people.person.find_by_number", op.File)
	CreatePerson = op.Define("people.person.create", op.Change)
	UpdatePerson = op.Define("people.person.update", op.Change)

	ListHouseholds  = op.Define("people.household.list", op.View)
	ViewHousehold   = op.Define("people.household.view", op.File)
	UpdateHousehold = op.Define("people.household.update", op.Change)

	PreviewingBulk = op.Define("people.bulk.preview", op.View)
	ViewBulk       = op.Define("people.bulk.view", op.View)
	ChangeInBulk   = op.Define("people.bulk.start", op.Change)
	ContinueBulk   = op.Define("people.bulk.continue", op.Change) // by the program

	ViewDoubts  = op.Define("people.doubt.view", op.View)
	SettleDoubt = op.Define("people.doubt.settle", op.Change)
)

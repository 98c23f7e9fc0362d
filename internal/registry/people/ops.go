package people

import "github.com/allclear/allclear/internal/platform/op"

// ImportPeople takes files of people into the register.
var ImportPeople = op.Define("people.person.import", op.Change)

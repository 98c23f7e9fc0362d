package httpapi

import (
	"strconv"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// changedAfter tells open browsers after the commit what to look at again.
func (a *API) changedAfter(tx *op.Tx, incident ref.Incident, kinds ...string) {
	tx.AfterCommit(func() { a.Live.Tell(Event{Kinds: kinds, Incident: string(incident)}) })
}

// tileRow reads the row of a tile, which map libraries write with or without ".mvt".
func tileRow(text string) (uint32, error) {
	n, err := strconv.ParseUint(strings.TrimSuffix(text, ".mvt"), 10, 32)
	if err != nil {
		return 0, fault.Invalidf("request.invalid", "the row of the tile must be a number").With("y", "invalid")
	}
	return uint32(n), nil
}

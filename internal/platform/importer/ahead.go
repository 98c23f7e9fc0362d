package importer

import (
	"sync"

	"github.com/allclear/allclear/internal/platform/importer/table"
)

// ahead reads a file and understands its rows while those before are being written: the
// database and this work wait for each other little.
type ahead struct {
	parts chan []item // in the order of the file; closed at its end
	stop  chan struct{}
	once  sync.Once
	panic any // what a panic of the reading said
}

const (
	partRows  = 200 // rows handed over at once
	mostParts = 8   // parts that may wait
)

// readAhead begins after the first rows of the file, skip of them.
func (r *runner) readAhead(rows table.Rows, skip int) *ahead {
	a := &ahead{parts: make(chan []item, mostParts), stop: make(chan struct{})}
	go func() {
		defer close(a.parts)
		defer func() { a.panic = recover() }()
		var part []item
		for ordinal := 1; rows.Next(); ordinal++ {
			if ordinal <= skip {
				continue
			}
			it := r.take(ordinal, rows.Row())
			it.raw.Cells = append([]table.Cell(nil), it.raw.Cells...)
			if part = append(part, it); len(part) < partRows {
				continue
			}
			if !a.hand(part) {
				return
			}
			part = nil
		}
		a.hand(part)
	}()
	return a
}

func (a *ahead) hand(part []item) bool {
	select {
	case a.parts <- part:
		return true
	case <-a.stop:
		return false
	}
}

// end stops the reading and waits until it has: the file can be closed then. A panic of
// the reading goes on here, where whoever runs imports is ready for it.
func (a *ahead) end() {
	a.once.Do(func() { close(a.stop) })
	for range a.parts { // what was still on its way
	}
	if p := a.panic; p != nil {
		a.panic = nil
		panic(p)
	}
}

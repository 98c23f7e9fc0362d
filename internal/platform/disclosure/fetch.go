package disclosure

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// longestFetch bounds how long a reader may take: as long as it reads, the database keeps
// a snapshot for it.
const longestFetch = 15 * time.Minute

// File is an approved export on its way out.
type File struct {
	Export      Export
	Name        string // of the file, with the visible mark
	ContentType string

	id      string
	source  Source
	exports *Exports
	call    op.Call
	members *memberSet
}

type fetched struct {
	Downloads int64  `json:"downloads" audit:"public"`
	Rows      int64  `json:"rows" audit:"public"`
	Digest    string `json:"digest" audit:"public"`
}

// Fetch opens the file of an approved export for whoever asked for it. The trail says so
// before the first byte leaves; Send then sends the rows.
func (x *Exports) Fetch(ctx context.Context, call op.Call, id string) (*File, error) {
	f := &File{exports: x, call: call, id: ids.New()}
	_, err := op.Do(ctx, x.door, FetchExport, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		return struct{}{}, x.open(ctx, tx, f, id)
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (x *Exports) open(ctx context.Context, tx *op.Tx, f *File, id string) error {
	e, err := x.find(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := fetchable(tx, e); err != nil {
		return err
	}
	if f.source, err = x.source(e.Kind); err != nil {
		return err
	}
	if err := mayTake(tx, f.source, e.Plain, e.PlacePath); err != nil {
		return err // the role was taken back since
	}
	plan, err := f.source.Plan(ctx, tx, e.Filter)
	if err != nil {
		return err
	}
	if plan.Persons > max(x.rules.Export.Direct, e.Persons+e.Persons/10) {
		return fault.Conflictf("disclosure.grown", "the file would now hold %d people, and %d were asked for: ask again", plan.Persons, e.Persons).
			Param("now", plan.Persons).Param("then", e.Persons)
	}
	f.Export, f.ContentType = e, layoutOf(e).contentType()
	f.Name = fmt.Sprintf("%s-%s-%s.%s", e.Kind, store.DayOf(tx.Now().Time(), time.UTC), e.ID[len(e.ID)-8:], e.Format)
	f.members = newMemberSet(memberKey(x.vault, f.id), plan.Persons)
	technical := tx.Technical()
	const file = `INSERT INTO export_files (id, export_id, by_id, by_name, at, rows, digest, bits) VALUES ($1, $2, $3, $4, $5, 0, '', $6)`
	if _, err := technical.Exec(ctx, file, f.id, e.ID, tx.Principal().UserID, tx.Principal().Name, tx.Now(), f.members.bits); err != nil {
		return err
	}
	const q = `UPDATE exports SET downloads = downloads + 1, version = version + 1 WHERE id = $1 AND version = $2`
	if err := technical.ExecOne(ctx, q, e.ID, e.Version); err != nil {
		return err
	}
	tx.At(e.PlacePath)
	tx.Looked(e.ref())
	if e.DecidedBy != "" {
		return nil // a second person has seen to it
	}
	return x.count(ctx, tx, []look{{e.ref().String(), plan.Persons}})
}

func fetchable(tx *op.Tx, e Export) error {
	switch {
	case !e.Own:
		return fault.NotFoundf("disclosure.no_export", "there is no such export")
	case e.State == "waiting":
		return fault.Conflictf("disclosure.waiting", "a second person has not decided yet")
	case e.State == "refused":
		return fault.Conflictf("disclosure.refused", "the export was refused")
	case tx.Now() > e.Until:
		return fault.Conflictf("disclosure.expired", "the time to fetch the file is over; ask again")
	case e.Once && e.Downloads > 0:
		return fault.Conflictf("disclosure.fetched", "the file could be fetched once, and was")
	}
	return nil
}

// Send writes the rows to w as they are read and keeps, at the end, how many left and
// their digest — also when the reader goes away in the middle.
func (f *File) Send(ctx context.Context, w io.Writer) (rows int64, err error) {
	ctx, stop := context.WithTimeout(ctx, longestFetch)
	defer stop()
	sum := sha256.New()
	p := &pipeline{file: f, layout: layoutOf(f.Export), key: keyOf(f.exports.vault, f.Export.ID), out: io.MultiWriter(w, sum)}
	_, err = op.Do(ctx, f.exports.door, f.source.Read, f.call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		return struct{}{}, p.run(ctx, tx)
	})
	done := fetched{Downloads: f.Export.Downloads + 1, Rows: p.sent, Digest: hex.EncodeToString(sum.Sum(nil))}
	return p.sent, errors.Join(err, f.record(context.WithoutCancel(ctx), done, err == nil))
}

func (f *File) record(ctx context.Context, done fetched, whole bool) error {
	_, err := op.Do(ctx, f.exports.door, RecordFetch, onBehalf(f.call.Principal, f.call.RequestID), func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		var finished store.Instant
		if whole {
			finished = tx.Now()
		}
		const q = `UPDATE export_files SET rows = $2, digest = $3, finished_at = $4 WHERE id = $1`
		if err := tx.ExecOne(ctx, q, f.id, done.Rows, done.Digest, finished); err != nil {
			return struct{}{}, err
		}
		tx.At(f.Export.PlacePath)
		tx.Changed(f.Export.ref(), fetched{Downloads: f.Export.Downloads}, done)
		return struct{}{}, f.members.write(ctx, tx.Tx, f.id)
	})
	return err
}

// pipeline reads pages in order, opens them on all processors, and writes them in order.
// At any moment only a few pages are in memory.
type pipeline struct {
	file   *File
	layout layout
	key    markKey
	out    io.Writer
	sent   int64
}

type page struct {
	open    func() ([]Row, error)
	done    chan struct{}
	chunk   []byte
	members []member
	err     error
}

func (p *pipeline) run(ctx context.Context, tx *op.Tx) error {
	e := p.file.Export
	columns := p.file.source.Columns(e.Plain)
	header := make([]string, 0, len(columns)+1)
	for _, c := range columns {
		header = append(header, c.Name)
	}
	visible := fmt.Sprintf("AllClear · %s · %s · %s", e.Ref(), tx.Now().Time().Format("2006-01-02 15:04Z"), e.Reason)
	if err := p.layout.begin(p.out, visible, append(header, "export_ref")); err != nil {
		return err
	}
	workers := max(runtime.GOMAXPROCS(0), 2)
	todo, inOrder := make(chan *page, workers), make(chan *page, 2*workers)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for x := range todo {
				p.render(x, columns)
				close(x.done)
			}
		})
	}
	written := make(chan error, 1)
	go func() { written <- p.write(inOrder, cancel) }()
	err := p.file.source.Pages(ctx, tx, e.Filter, e.Plain, func(open func() ([]Row, error)) error {
		x := &page{open: open, done: make(chan struct{})}
		for _, c := range []chan *page{inOrder, todo} {
			select {
			case c <- x:
			case <-ctx.Done():
				if c == todo { // the writer waits for it
					close(x.done)
				}
				return ctx.Err()
			}
		}
		return nil
	})
	close(todo)
	close(inOrder)
	all.Wait()
	if e := <-written; e != nil {
		err = e
	}
	if err != nil {
		return err
	}
	return p.layout.end(p.out)
}

func (p *pipeline) render(x *page, columns []Column) {
	rows, err := x.open()
	if err != nil {
		x.err = err
		return
	}
	x.members = make([]member, len(rows))
	for i, r := range rows {
		x.members[i] = p.file.members.of(r.Subject)
		for j, c := range columns {
			if c.Marked {
				r.Cells[j] = p.key.cell(r.Cells[j])
			}
		}
	}
	if p.file.Export.Plain {
		p.key.order(rows)
	}
	x.chunk, x.err = p.layout.rows(rows)
}

// write takes the pages in order. After an error it only lets the rest pass.
func (p *pipeline) write(inOrder <-chan *page, cancel func()) (err error) {
	for x := range inOrder {
		<-x.done
		if err != nil {
			continue
		}
		if err = x.err; err == nil {
			err = p.layout.write(p.out, x.chunk)
		}
		if err != nil {
			cancel()
			continue
		}
		for _, m := range x.members {
			p.file.members.add(m)
		}
		p.sent += int64(len(x.members))
		x.chunk, x.members = nil, nil
	}
	return err
}

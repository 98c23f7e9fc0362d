package osm

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// version of the rows kept beside a file; rows of another version are made anew.
const version = "features 3"

// keptSuffix is what the kept features are called, after the name of the map.
const keptSuffix = ".features"

// Kept is the path of the features kept beside a map.
func Kept(path string) string { return path + keptSuffix }

// Row is one feature.
type Row struct {
	Cells []string `json:"c"`
	// Problem is the code of what makes the feature unusable; "" for none.
	Problem string `json:"p,omitempty"`
}

type writer struct {
	enc *json.Encoder
	buf *bufio.Writer
	zip *gzip.Writer
	// country is that of the boundary of a country which is whole in the file.
	country string
}

func (w *writer) write(cells []string, problem string) error {
	if c := column["country"]; cells[c] == "" {
		cells[c] = w.country
	}
	return w.enc.Encode(Row{cells, problem})
}

// Rows reads features one by one.
type Rows struct {
	file *os.File
	dec  *json.Decoder
	row  Row
	err  error
	// Blocks: also the street blocks; without them a building is not told of its block.
	blocks bool
}

// Open returns the features of a map. The first time they are gathered and kept beside
// it. With blocks, street blocks are among them.
func Open(path string, blocks bool) (*Rows, error) {
	stamp, err := stampOf(path)
	if err != nil {
		return nil, err
	}
	r, err := openKept(path, stamp)
	if err != nil {
		if err := keep(path, stamp); err != nil {
			return nil, err
		}
		if r, err = openKept(path, stamp); err != nil {
			return nil, fmt.Errorf("read kept features: %w", err)
		}
	}
	r.blocks = blocks
	return r, nil
}

// stampOf tells one state of a file from another.
func stampOf(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %d %d", version, info.Size(), info.ModTime().UnixNano()), nil
}

func openKept(path, stamp string) (*Rows, error) {
	f, err := os.Open(Kept(path))
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<18))
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r := &Rows{file: f, dec: json.NewDecoder(z)}
	var have string
	if err := r.dec.Decode(&have); err != nil || have != stamp {
		return nil, errors.Join(fmt.Errorf("features of another state of the file"), f.Close())
	}
	return r, nil
}

// keep gathers the features into a file that takes its name only when it is whole.
func keep(path, stamp string) error {
	src, err := openSource(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	w := &writer{buf: bufio.NewWriterSize(f, 1<<18)}
	w.zip, err = gzip.NewWriterLevel(w.buf, gzip.BestSpeed)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	w.enc = json.NewEncoder(w.zip)
	w.enc.SetEscapeHTML(false)
	err = w.enc.Encode(stamp)
	if err == nil {
		err = convert(src, w)
	}
	if err = errors.Join(err, w.zip.Close(), w.buf.Flush(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), Kept(path))
}

// Next reads the next feature.
func (r *Rows) Next() bool {
	for r.err == nil {
		r.row = Row{Cells: r.row.Cells[:0]}
		if r.err = r.dec.Decode(&r.row); r.err != nil {
			break
		}
		if r.blocks || r.row.Cells[column["feature"]] != Block {
			if !r.blocks && r.row.Cells[column["feature"]] == Building {
				r.row.Cells[column["part_of"]] = ""
			}
			return true
		}
	}
	return false
}

// Row is the feature read last, valid until the next one is read.
func (r *Rows) Row() Row { return r.row }

// Err is what ended the reading early.
func (r *Rows) Err() error {
	if r.err == io.EOF {
		return nil
	}
	return r.err
}

// Close ends the reading.
func (r *Rows) Close() error { return r.file.Close() }

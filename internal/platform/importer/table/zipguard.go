package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
)

// Limits on a workbook, checked in the directory of the archive before anything is
// unpacked. A full sheet of 1,048,576 × 12 cells is about 700 MB of XML, packed about
// 12:1; repetitive sheets reach 60:1; deflate's own limit is 1,032:1.
const (
	maxEntries      = 10_000
	maxUnpacked     = 4 << 30
	maxRatio        = 200
	ratioFrom       = 8 << 20 // smaller parts may be any ratio
	maxPart         = 64 << 20
	maxDirectory    = 16 << 20
	maxSharedBytes  = 160 << 20
	maxSharedCount  = 8 << 20
	maxSharedUnpack = 512 << 20
)

// openZip opens a workbook after checking its directory. What the directory says about
// sizes is a promise: archive/zip stops reading a part that is longer.
func openZip(f *os.File, size int64) (*zip.Reader, error) {
	if err := checkDirectory(f, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, damaged(err)
	}
	if err := checkEntries(z, size); err != nil {
		return nil, err
	}
	return z, nil
}

// checkDirectory reads the end record by itself: archive/zip would hold 100,000 entries
// in memory before they could be counted.
func checkDirectory(f *os.File, size int64) error {
	tail := make([]byte, min(size, 66_000))
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return err
	}
	at := bytes.LastIndex(tail, zipEmpty)
	if at < 0 || at+22 > len(tail) {
		return damaged(zip.ErrFormat)
	}
	end := tail[at:]
	entries := int(end[10]) | int(end[11])<<8
	directory := int64(end[12]) | int64(end[13])<<8 | int64(end[14])<<16 | int64(end[15])<<24
	if entries > maxEntries || directory > maxDirectory {
		return bomb()
	}
	return nil
}

func checkEntries(z *zip.Reader, size int64) error {
	var total uint64
	workbook := false
	for _, e := range z.File {
		total += e.UncompressedSize64
		if e.UncompressedSize64 > ratioFrom && e.UncompressedSize64/maxRatio > max(e.CompressedSize64, 1) {
			return bomb()
		}
		if e.CompressedSize64 > uint64(size) || total > maxUnpacked {
			return bomb()
		}
		switch strings.ToLower(path.Ext(e.Name)) {
		case ".zip", ".xlsx", ".xlsm", ".xlsb", ".docx", ".jar", ".7z", ".rar", ".gz":
			return fault.Invalidf(CodeZipNested, "the file holds another packed file inside; save it without")
		}
		workbook = workbook || strings.TrimPrefix(e.Name, "/") == "xl/workbook.xml" || strings.HasSuffix(e.Name, "_rels/.rels")
	}
	if !workbook {
		return fault.Invalidf(CodeZipNotXLSX, "this is a packed file but not an Excel workbook; unpack it first")
	}
	return checkNested(z)
}

// checkNested looks at the first bytes of every small-named part: a packed file can bear any name.
func checkNested(z *zip.Reader) error {
	for _, e := range z.File {
		if e.UncompressedSize64 < 22 || strings.HasSuffix(e.Name, ".xml") || strings.HasSuffix(e.Name, ".rels") {
			continue
		}
		r, err := e.Open()
		if err != nil {
			return damaged(err)
		}
		head := make([]byte, 4)
		_, err = io.ReadFull(r, head)
		r.Close()
		if err != nil {
			return damaged(err)
		}
		if bytes.Equal(head, zipMagic) {
			return fault.Invalidf(CodeZipNested, "the file holds another packed file inside; save it without")
		}
	}
	return nil
}

func bomb() error {
	return fault.Invalidf(CodeZipBomb, "the file unpacks to far more than a table can hold")
}

// part returns a reader of a part, or false when there is none.
func part(z *zip.Reader, name string) (*zip.File, bool) {
	name = strings.TrimPrefix(name, "/")
	for _, e := range z.File {
		if strings.EqualFold(strings.TrimPrefix(strings.ReplaceAll(e.Name, `\`, "/"), "/"), name) {
			return e, true
		}
	}
	return nil, false
}

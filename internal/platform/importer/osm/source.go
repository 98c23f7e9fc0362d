package osm

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"io"
	"os"

	"github.com/allclear/allclear/internal/platform/fault"
)

// Codes of files that are refused whole.
const (
	CodeNotOSM    = "importer.not_osm"
	CodeTruncated = "importer.osm_truncated"
	CodeDamaged   = "importer.osm_damaged"
)

var (
	gzipMagic  = []byte{0x1F, 0x8B}
	bzip2Magic = []byte("BZh")
)

// Detect reports whether the first bytes of a file look like a map, and whether it is
// packed with gzip or bzip2.
func Detect(head []byte) bool {
	if isPBF(head) {
		return true
	}
	return isXML(unpackHead(head))
}

// isPBF: a four-byte length, then a blob header whose type, its first field, is OSMHeader.
func isPBF(head []byte) bool {
	return len(head) > 15 && bytes.Contains(head[4:min(len(head), 32)], []byte("OSMHeader"))
}

func isXML(head []byte) bool {
	return bytes.Contains(head[:min(len(head), 1024)], []byte("<osm")) && bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff"))), []byte("<"))
}

func unpackHead(head []byte) []byte {
	r, err := unpacked(bytes.NewReader(head))
	if err != nil {
		return head
	}
	out, _ := io.ReadAll(io.LimitReader(r, 1024)) // the head ends in the middle: what came before is enough
	return out
}

// unpacked opens gzip and bzip2; anything else passes as it is.
func unpacked(in io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(in, 1<<16)
	magic, _ := b.Peek(3)
	switch {
	case bytes.HasPrefix(magic, gzipMagic):
		return gzip.NewReader(b)
	case bytes.HasPrefix(magic, bzip2Magic):
		return bzip2.NewReader(b), nil
	}
	return b, nil
}

// source is a map file that is read from beginning to end as often as needed.
type source struct {
	path string
	pbf  bool
	// holds says for each block of a pbf file which kinds are in it, once it was read; it
	// saves unpacking the blocks that a later reading has no use for.
	holds []kind
}

func openSource(path string) (*source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return nil, err
	}
	head = head[:n]
	if !Detect(head) {
		return nil, fault.Invalidf(CodeNotOSM, "the file is not an OpenStreetMap file: neither .osm nor .osm.pbf")
	}
	return &source{path: path, pbf: isPBF(head)}, nil
}

// each calls f for every element of the wanted kinds, in the order of the file.
func (s *source) each(want kind, f func(*element) error) error {
	in, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	if s.pbf {
		return s.eachPBF(bufio.NewReaderSize(in, 1<<20), want, f)
	}
	r, err := unpacked(in)
	if err != nil {
		return damaged(err)
	}
	return eachXML(r, want, f)
}

func truncated(err error) error {
	return fault.Invalidf(CodeTruncated, "the map file ends in the middle; it was probably cut while it was copied").Because(err)
}

func damaged(err error) error {
	return fault.Invalidf(CodeDamaged, "the map file is damaged").Because(err)
}

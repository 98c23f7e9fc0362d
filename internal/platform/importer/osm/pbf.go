package osm

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"

	"github.com/paulmach/protoscan"

	"github.com/allclear/allclear/internal/platform/fault"
)

// Limits of the format (wiki.openstreetmap.org/wiki/PBF_Format): a header is at most
// 64 KiB, a blob at most 32 MiB, packed or not.
const (
	maxBlobHeader = 64 << 10
	maxBlob       = 32 << 20
)

var errFormat = errors.New("not a valid protocol buffer of a map")

// eachPBF walks through the blobs. Required features that are not known mean a file of
// another kind, such as one with history.
func (s *source) eachPBF(in io.Reader, want kind, f func(*element) error) error {
	var d pbfDecoder
	known := s.holds != nil
	var holds []kind
	for i := 0; ; i++ {
		kindOfBlob, size, err := blobHeader(in)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if known && i < len(s.holds) && s.holds[i]&want == 0 {
			if _, err := io.CopyN(io.Discard, in, int64(size)); err != nil {
				return truncated(err)
			}
			continue
		}
		raw, err := d.unpack(in, size)
		if err != nil {
			return err
		}
		var held kind
		switch kindOfBlob {
		case "OSMHeader":
			err = checkHeader(raw)
		case "OSMData":
			held, err = d.block(raw, want, f)
		}
		if err != nil {
			return err
		}
		holds = append(holds, held)
	}
	if !known {
		s.holds = holds
	}
	return nil
}

func blobHeader(in io.Reader) (string, int, error) {
	var length [4]byte
	if _, err := io.ReadFull(in, length[:]); err != nil {
		if err == io.EOF {
			return "", 0, io.EOF
		}
		return "", 0, truncated(err)
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > maxBlobHeader {
		return "", 0, damaged(errFormat)
	}
	buf := make([]byte, n)
	if _, err := io.ReadFull(in, buf); err != nil {
		return "", 0, truncated(err)
	}
	msg := protoscan.New(buf)
	var name string
	size := -1
	for msg.Next() {
		switch msg.FieldNumber() {
		case 1:
			name, _ = msg.String()
		case 3:
			v, err := msg.Int32()
			if err != nil {
				return "", 0, damaged(err)
			}
			size = int(v)
		default:
			msg.Skip()
		}
	}
	if msg.Err() != nil || size < 0 || size > maxBlob {
		return "", 0, damaged(errFormat)
	}
	return name, size, nil
}

// checkHeader refuses files that need more than this reader can do.
func checkHeader(raw []byte) error {
	msg := protoscan.New(raw)
	for msg.Next() {
		if msg.FieldNumber() != 4 { // required_features
			msg.Skip()
			continue
		}
		feature, err := msg.String()
		if err != nil {
			return damaged(err)
		}
		if feature != "OsmSchema-V0.6" && feature != "DenseNodes" {
			return fault.Invalidf(CodeDamaged, "the map file needs %q, which can't be read", feature)
		}
	}
	if msg.Err() != nil {
		return damaged(msg.Err())
	}
	return nil
}

// pbfDecoder keeps its buffers from block to block.
type pbfDecoder struct {
	packed, raw []byte
	texts       []string
	granularity int64
	lonOffset   int64
	latOffset   int64
	out         element
	it          [4]*protoscan.Iterator
}

func (d *pbfDecoder) unpack(in io.Reader, size int) ([]byte, error) {
	if cap(d.packed) < size {
		d.packed = make([]byte, size)
	}
	d.packed = d.packed[:size]
	if _, err := io.ReadFull(in, d.packed); err != nil {
		return nil, truncated(err)
	}
	msg := protoscan.New(d.packed)
	for msg.Next() {
		switch msg.FieldNumber() {
		case 1: // raw
			return msg.Bytes()
		case 3: // zlib_data
			data, err := msg.Bytes()
			if err != nil {
				return nil, damaged(err)
			}
			return d.inflate(data)
		case 4, 5, 6, 7:
			return nil, fault.Invalidf(CodeDamaged, "the map file is packed in a way that can't be read; pack it with zlib")
		default:
			msg.Skip()
		}
	}
	return nil, damaged(errFormat)
}

func (d *pbfDecoder) inflate(data []byte) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, damaged(err)
	}
	buf := bytes.NewBuffer(d.raw[:0])
	n, err := io.Copy(buf, io.LimitReader(z, maxBlob+1))
	if err != nil || n > maxBlob {
		return nil, damaged(errors.Join(err, errFormat))
	}
	d.raw = buf.Bytes()
	return d.raw, nil
}

// block decodes one PrimitiveBlock and says which kinds are in it.
func (d *pbfDecoder) block(raw []byte, want kind, f func(*element) error) (held kind, err error) {
	d.granularity, d.lonOffset, d.latOffset, d.texts = 100, 0, 0, d.texts[:0]
	var groups [][]byte
	msg := protoscan.New(raw)
	for msg.Next() {
		var err error
		switch msg.FieldNumber() {
		case 1:
			var table []byte
			if table, err = msg.MessageData(); err == nil {
				err = d.stringTable(table)
			}
		case 2:
			var g []byte
			g, err = msg.MessageData()
			groups = append(groups, g)
		case 17:
			d.granularity, err = msg.Int64()
		case 19:
			d.latOffset, err = msg.Int64()
		case 20:
			d.lonOffset, err = msg.Int64()
		default:
			msg.Skip()
		}
		if err != nil {
			return held, damaged(err)
		}
	}
	if msg.Err() != nil {
		return held, damaged(msg.Err())
	}
	for _, g := range groups {
		h, err := d.group(g, want, f)
		held |= h
		if err != nil {
			return held, err
		}
	}
	return held, nil
}

func (d *pbfDecoder) stringTable(raw []byte) error {
	msg := protoscan.New(raw)
	for msg.Next() {
		if msg.FieldNumber() != 1 {
			msg.Skip()
			continue
		}
		s, err := msg.String()
		if err != nil {
			return err
		}
		d.texts = append(d.texts, s)
	}
	return msg.Err()
}

func (d *pbfDecoder) text(i int) (string, error) {
	if i < 0 || i >= len(d.texts) {
		return "", damaged(errFormat)
	}
	return d.texts[i], nil
}

func (d *pbfDecoder) group(raw []byte, want kind, f func(*element) error) (held kind, err error) {
	msg := protoscan.New(raw)
	for msg.Next() {
		field := msg.FieldNumber()
		k := map[int]kind{1: node, 2: node, 3: way, 4: relation}[field]
		held |= k
		if k&want == 0 {
			msg.Skip()
			continue
		}
		data, err := msg.MessageData()
		if err != nil {
			return held, damaged(err)
		}
		switch field {
		case 1:
			err = d.plainNode(data, f)
		case 2:
			err = d.denseNodes(data, f)
		case 3:
			err = d.way(data, f)
		case 4:
			err = d.relation(data, f)
		}
		if err != nil {
			return held, err
		}
	}
	if msg.Err() != nil {
		return held, damaged(msg.Err())
	}
	return held, nil
}

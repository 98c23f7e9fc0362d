package table

import (
	"bytes"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/allclear/allclear/internal/platform/fault"
)

// Encoding is how characters are stored as bytes.
type Encoding string

// The encodings that can be chosen. The first four are detected; the last two only by hand.
const (
	UTF8        Encoding = "utf-8"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	GB18030     Encoding = "gb18030"
	Windows1252 Encoding = "windows-1252"
	Big5        Encoding = "big5"
)

// encodingNames maps what people and files call an encoding. GBK and GB2312 are subsets
// of GB18030 and are always read as GB18030: a GBK decoder loses rare characters.
var encodingNames = map[string]Encoding{
	"utf-8": UTF8, "utf8": UTF8, "utf-8-sig": UTF8,
	"utf-16": UTF16LE, "utf-16le": UTF16LE, "utf16le": UTF16LE, "unicode": UTF16LE, "utf-16be": UTF16BE, "utf16be": UTF16BE,
	"gb18030": GB18030, "gbk": GB18030, "gb2312": GB18030, "cp936": GB18030, "ansi": GB18030,
	"windows-1252": Windows1252, "cp1252": Windows1252, "latin1": Windows1252, "iso-8859-1": Windows1252,
	"big5": Big5,
}

// ParseEncoding understands the usual names of an encoding.
func ParseEncoding(name string) (Encoding, error) {
	if e, ok := encodingNames[strings.ToLower(strings.TrimSpace(name))]; ok {
		return e, nil
	}
	return "", fault.Invalidf(CodeEncoding, "the encoding is not one that can be read")
}

func (e Encoding) decoder() *encoding.Decoder {
	switch e {
	case UTF16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
	case UTF16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder()
	case GB18030:
		return simplifiedchinese.GB18030.NewDecoder()
	case Windows1252:
		return charmap.Windows1252.NewDecoder()
	case Big5:
		return traditionalchinese.Big5.NewDecoder()
	default:
		return nil
	}
}

var utf8BOM = []byte{0xEF, 0xBB, 0xBF}

// decode returns r as UTF-8 without a byte order mark. Bytes that mean nothing become
// U+FFFD, for which decoders report no error: the line reader looks for it.
func decode(r io.Reader, e Encoding) io.Reader {
	d := e.decoder()
	if d != nil {
		r = d.Reader(r)
	}
	return &bomSkipper{r: r}
}

// bomSkipper drops a UTF-8 byte order mark at the start, which is also what the marks of
// other encodings become once decoded.
type bomSkipper struct {
	r    io.Reader
	done bool
}

func (b *bomSkipper) Read(p []byte) (int, error) {
	if b.done || len(p) < len(utf8BOM) {
		return b.r.Read(p)
	}
	b.done = true
	n, err := io.ReadAtLeast(b.r, p, len(utf8BOM))
	if err == io.ErrUnexpectedEOF {
		err = nil
	}
	if bytes.HasPrefix(p[:n], utf8BOM) {
		n = copy(p, p[len(utf8BOM):n])
	}
	return n, err
}

// guess is what detection found out about a text file.
type guess struct {
	encoding Encoding
	mixed    bool // valid in no encoding as a whole
	sure     bool // by mark, or valid UTF-8 throughout
}

// detectEncoding reads the whole file: a rare character on line 900,000 decides as well
// as one on line 1. A byte order mark wins; then validity, line by line.
func detectEncoding(path string) (guess, error) {
	f, err := os.Open(path)
	if err != nil {
		return guess{}, err
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return guess{}, err
	}
	if g, ok := guessByMark(head[:n]); ok {
		return g, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return guess{}, err
	}
	return guessByValidity(f)
}

func guessByMark(head []byte) (guess, bool) {
	switch {
	case bytes.HasPrefix(head, utf8BOM):
		return guess{encoding: UTF8, sure: true}, true
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return guess{encoding: UTF16LE, sure: true}, true
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return guess{encoding: UTF16BE, sure: true}, true
	}
	// Without a mark, UTF-16 shows by NUL bytes in every other place of ASCII text.
	even, odd := 0, 0
	for i, b := range head {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	switch {
	case odd > len(head)/4 && even < len(head)/50:
		return guess{encoding: UTF16LE}, true
	case even > len(head)/4 && odd < len(head)/50:
		return guess{encoding: UTF16BE}, true
	}
	return guess{}, false
}

// guessByValidity counts lines that are wrong in UTF-8 and in GB18030. Most GB18030 text
// is invalid UTF-8; most UTF-8 text is accidentally valid GB18030 (and turns to
// nonsense), so UTF-8 is tried first and GB18030 must explain what UTF-8 can't.
func guessByValidity(r io.Reader) (guess, error) {
	lines := newLines(r)
	gb := GB18030.decoder()
	var badUTF8, goodUTF8, badGB int
	for lines.next() {
		b := lines.raw()
		if isASCII(b) {
			continue
		}
		if utf8.Valid(b) {
			goodUTF8++
			continue
		}
		badUTF8++
		if out, err := gb.Bytes(b); err != nil || bytes.ContainsRune(out, utf8.RuneError) {
			badGB++
		}
	}
	if lines.err != nil {
		return guess{}, lines.err
	}
	switch {
	case badUTF8 == 0:
		return guess{encoding: UTF8, sure: true}, nil
	case goodUTF8 > badUTF8:
		return guess{encoding: UTF8, mixed: true}, nil
	default:
		return guess{encoding: GB18030, mixed: goodUTF8 > 0 || badGB > 0}, nil
	}
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

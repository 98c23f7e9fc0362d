package table

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// xmlScanner walks through the elements of a workbook part. It knows exactly as much XML
// as workbooks use: elements, attributes, text, CDATA, the five named and the numeric
// entities. A document type declaration ends the scan, so there are no entities to
// expand and nothing outside the file to fetch. It is several times faster than
// encoding/xml, which matters for 12 million cells.
type xmlScanner struct {
	r      *bufio.Reader
	name   []byte // local name of the current tag
	attrs  []byte // raw attributes of the current tag
	closed bool   // current tag is an end tag
	empty  bool   // current tag closes itself
	text   []byte // text before the current tag
	buf    []byte
	want   bool // collect text
	err    error
}

// maxToken bounds one tag or one text. A cell holds at most 32,767 characters.
const maxToken = 1 << 20

var (
	errDoctype = errors.New("document type declarations are not accepted")
	errToken   = errors.New("a text or tag is too long")
	errSyntax  = errors.New("not well-formed")
)

func newXMLScanner(r io.Reader) *xmlScanner {
	s := &xmlScanner{r: bufio.NewReaderSize(r, 128<<10)}
	head, _ := s.r.Peek(3)
	switch {
	case bytes.HasPrefix(head, utf8BOM):
		_, _ = s.r.Discard(3)
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		s.r = bufio.NewReaderSize(decode(s.r, UTF16LE), 128<<10)
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		s.r = bufio.NewReaderSize(decode(s.r, UTF16BE), 128<<10)
	}
	return s
}

// next moves to the next start or end tag. Text since the last tag is in s.text when
// s.want is set.
func (s *xmlScanner) next() bool {
	s.text = s.text[:0]
	for s.err == nil {
		if !s.readText() {
			return false
		}
		kind := s.peekMarkup()
		switch {
		case s.err != nil:
			return false
		case kind == '?':
			s.skipTo("?>")
		case kind == '-':
			s.skipTo("-->")
		case kind == '[':
			s.readCDATA()
		case kind == '!':
			s.err = errDoctype
		default:
			return s.readTag()
		}
	}
	return false
}

// readText reads up to and including '<'.
func (s *xmlScanner) readText() bool {
	start := len(s.text)
	for {
		chunk, err := s.r.ReadSlice('<')
		if s.want {
			s.text = append(s.text, chunk...)
			if len(s.text) > maxToken {
				s.err = errToken
				return false
			}
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil {
			if err != io.EOF {
				s.err = err
			}
			return false
		}
		break
	}
	if s.want {
		s.text = s.text[:len(s.text)-1]
		s.text = append(s.text[:start], unescapeXML(s.text[start:])...)
	}
	return true
}

// peekMarkup tells what follows '<': '?', '-' for a comment, '[' for CDATA, '!' for
// anything else of that kind, 0 for a tag.
func (s *xmlScanner) peekMarkup() byte {
	b, err := s.r.Peek(1)
	if err != nil {
		s.err = errSyntax
		return 0
	}
	if b[0] == '?' {
		return '?'
	}
	if b[0] != '!' {
		return 0
	}
	b, _ = s.r.Peek(8)
	switch {
	case bytes.HasPrefix(b, []byte("!--")):
		return '-'
	case bytes.HasPrefix(b, []byte("![CDATA[")):
		_, _ = s.r.Discard(8)
		return '['
	}
	return '!'
}

func (s *xmlScanner) skipTo(end string) {
	last := end[len(end)-1]
	var tail []byte
	for {
		chunk, err := s.r.ReadSlice(last)
		tail = append(tail, chunk...)
		if len(tail) > 64 {
			tail = append(tail[:0], tail[len(tail)-8:]...)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil {
			s.err = errSyntax
			return
		}
		if bytes.HasSuffix(tail, []byte(end)) {
			return
		}
	}
}

func (s *xmlScanner) readCDATA() {
	var tail []byte
	for {
		chunk, err := s.r.ReadSlice('>')
		if s.want {
			s.text = append(s.text, chunk...)
		}
		tail = append(tail, chunk[max(0, len(chunk)-3):]...)
		tail = tail[max(0, len(tail)-3):]
		switch {
		case len(s.text) > maxToken:
			s.err = errToken
			return
		case err == bufio.ErrBufferFull:
		case err != nil:
			s.err = errSyntax
			return
		case string(tail) == "]]>":
			s.text = s.text[:max(0, len(s.text)-3)]
			return
		}
	}
}

func (s *xmlScanner) readTag() bool {
	s.buf = s.buf[:0]
	var quote byte // of an attribute value that is still open and may hold '>'
	for {
		chunk, err := s.r.ReadSlice('>')
		s.buf = append(s.buf, chunk...)
		quote = openQuote(quote, chunk)
		if len(s.buf) > maxToken {
			s.err = errToken
			return false
		}
		if err == bufio.ErrBufferFull || err == nil && quote != 0 {
			continue
		}
		if err != nil {
			s.err = errSyntax
			return false
		}
		break
	}
	tag := s.buf[:len(s.buf)-1]
	s.closed, s.empty = false, false
	if len(tag) > 0 && tag[0] == '/' {
		s.closed, tag = true, tag[1:]
	}
	if len(tag) > 0 && tag[len(tag)-1] == '/' {
		s.empty, tag = true, tag[:len(tag)-1]
	}
	end := bytes.IndexAny(tag, " \t\r\n")
	s.attrs = nil
	if end >= 0 {
		s.attrs, tag = tag[end:], tag[:end]
	}
	if colon := bytes.IndexByte(tag, ':'); colon >= 0 {
		tag = tag[colon+1:]
	}
	s.name = tag
	return true
}

// openQuote follows the quotes of attribute values through a chunk of a tag and returns
// the one that is open at its end, or 0.
func openQuote(quote byte, chunk []byte) byte {
	for _, c := range chunk {
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
	}
	return quote
}

// is reports whether the current tag is a start tag of that local name.
func (s *xmlScanner) is(name string) bool { return !s.closed && string(s.name) == name }

// ends reports whether the current tag ends the element of that name.
func (s *xmlScanner) ends(name string) bool {
	return (s.closed || s.empty) && string(s.name) == name
}

// attr returns an attribute of the current tag by local name, nil if it has none.
func (s *xmlScanner) attr(name string) []byte {
	rest := s.attrs
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return nil
		}
		key := bytes.TrimSpace(rest[:eq])
		rest = bytes.TrimLeft(rest[eq+1:], " \t\r\n")
		if len(rest) < 2 || rest[0] != '"' && rest[0] != '\'' {
			return nil
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return nil
		}
		if colon := bytes.IndexByte(key, ':'); colon >= 0 {
			key = key[colon+1:]
		}
		if string(key) == name {
			return unescapeXML(rest[1 : end+1])
		}
		rest = rest[end+2:]
	}
}

// unescapeXML resolves entities; it returns b itself when there are none.
func unescapeXML(b []byte) []byte {
	i := bytes.IndexByte(b, '&')
	if i < 0 {
		return b
	}
	out := append(make([]byte, 0, len(b)), b[:i]...)
	for i < len(b) {
		if b[i] != '&' {
			out = append(out, b[i])
			i++
			continue
		}
		end := bytes.IndexByte(b[i:min(len(b), i+12)], ';')
		if end < 0 {
			out = append(out, b[i])
			i++
			continue
		}
		out = appendEntity(out, b[i:i+end+1])
		i += end + 1
	}
	return out
}

func appendEntity(out, entity []byte) []byte {
	switch string(entity) {
	case "&lt;":
		return append(out, '<')
	case "&gt;":
		return append(out, '>')
	case "&amp;":
		return append(out, '&')
	case "&quot;":
		return append(out, '"')
	case "&apos;":
		return append(out, '\'')
	}
	if len(entity) > 3 && entity[1] == '#' {
		digits, base := entity[2:len(entity)-1], 10
		if digits[0] == 'x' || digits[0] == 'X' {
			digits, base = digits[1:], 16
		}
		if n, err := strconv.ParseUint(string(digits), base, 32); err == nil && n > 0 && utf8.ValidRune(rune(n)) {
			return utf8.AppendRune(out, rune(n))
		}
	}
	return append(out, entity...)
}

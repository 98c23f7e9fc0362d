package table

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
)

// maxLine bounds one physical line. 16,384 cells of 32,767 characters can't be meant; a
// line of 16 MiB is a file that is not a table, and must not fill the memory.
const maxLine = 16 << 20

// lines cuts text into physical lines, terminators included, and can take lines back: a
// quote that is never closed must not swallow the rest of the file.
type lines struct {
	r       *bufio.Reader
	back    [][]byte // lines taken back, next one last
	current []byte
	ended   byte // '\n', or '\r' for files of old machines that have no '\n' at all
	number  int  // number of the current line, from 1
	err     error
}

func newLines(r io.Reader) *lines {
	l := &lines{r: bufio.NewReaderSize(r, 256<<10), ended: '\n'}
	head, _ := l.r.Peek(64 << 10)
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\r') < len(head)-1 {
		l.ended = '\r'
	}
	return l
}

// next moves to the next line and reports whether there is one.
func (l *lines) next() bool {
	if n := len(l.back); n > 0 {
		l.current, l.back = l.back[n-1], l.back[:n-1]
		l.number++
		return true
	}
	l.current = l.current[:0:0]
	for {
		part, err := l.r.ReadSlice(l.ended)
		l.current = append(l.current, part...)
		if len(l.current) > maxLine {
			l.err = fault.Invalidf(CodeLineTooLong, "line %d is longer than any table's", l.number+1).Param("line", l.number+1)
			return false
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil && err != io.EOF {
			l.err = err
			return false
		}
		break
	}
	if len(l.current) == 0 {
		return false
	}
	l.number++
	return true
}

// raw is the current line with its terminator. It stays valid.
func (l *lines) raw() []byte { return l.current }

// takeBack gives lines back, in the order they were read; the last one read was current.
func (l *lines) takeBack(read [][]byte) {
	for i := len(read) - 1; i >= 0; i-- {
		l.back = append(l.back, read[i])
	}
	l.number -= len(read)
}

// terminator returns how many bytes end the line: \n, \r\n or \r.
func terminator(line []byte) int {
	n := len(line)
	switch {
	case n >= 2 && line[n-2] == '\r' && line[n-1] == '\n':
		return 2
	case n >= 1 && (line[n-1] == '\n' || line[n-1] == '\r'):
		return 1
	}
	return 0
}

func broken(b []byte) bool {
	return !utf8.Valid(b) || bytes.ContainsRune(b, utf8.RuneError)
}

package table

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
)

// maxCellText is the number of characters a spreadsheet cell can hold.
const maxCellText = 32767

// sharedTexts holds a workbook's shared texts in few large blocks: a million names cost
// their bytes and eight more each, not a million small objects.
type sharedTexts struct {
	blocks [][]byte
	at     []uint64 // block<<32 | offset; the text ends where the next one begins
	size   []uint32
}

const textBlock = 1 << 20

func (t *sharedTexts) add(b []byte) {
	last := len(t.blocks) - 1
	if last < 0 || len(t.blocks[last])+len(b) > cap(t.blocks[last]) {
		t.blocks = append(t.blocks, make([]byte, 0, max(textBlock, len(b))))
		last++
	}
	t.at = append(t.at, uint64(last)<<32|uint64(len(t.blocks[last])))
	t.size = append(t.size, uint32(len(b)))
	t.blocks[last] = append(t.blocks[last], b...)
}

func (t *sharedTexts) get(i int) (string, bool) {
	if t == nil || i < 0 || i >= len(t.at) {
		return "", false
	}
	block, from := t.at[i]>>32, t.at[i]&0xFFFFFFFF
	return string(t.blocks[block][from : from+uint64(t.size[i])]), true
}

func (b *book) loadStrings(name string) (*sharedTexts, error) {
	e, ok := part(b.zip, name)
	if !ok {
		return &sharedTexts{}, nil
	}
	if e.UncompressedSize64 > maxSharedUnpack {
		return nil, bomb()
	}
	r, err := e.Open()
	if err != nil {
		return nil, damaged(err)
	}
	defer r.Close()
	return readStrings(r)
}

func readStrings(r io.Reader) (*sharedTexts, error) {
	s := newXMLScanner(r)
	out := &sharedTexts{}
	var text []byte
	total, phonetic := 0, 0
	for s.next() {
		switch string(s.name) {
		case "si":
			if s.closed || s.empty {
				out.add(text)
				total += len(text)
			}
			text = text[:0]
			if total > maxSharedBytes || len(out.at) > maxSharedCount {
				return nil, fault.Invalidf(CodeZipBomb, "the workbook's texts are larger than a table can hold; save it as CSV")
			}
		case "rPh": // reading aids of East Asian texts are not part of the text
			phonetic = 0
			if !s.closed && !s.empty {
				phonetic = 1
			}
		case "t":
			if s.closed && phonetic == 0 {
				text = append(text, s.text...)
			}
			s.want = !s.closed && !s.empty
		}
		if len(text) > maxToken {
			return nil, damaged(errToken)
		}
	}
	if s.err != nil {
		return nil, damaged(s.err)
	}
	return out, nil
}

// textCell makes a cell of text: escapes resolved, over-long text flagged.
func textCell(s string) Cell {
	s = unescapeControl(s)
	c := Cell{Text: s, Kind: TextCell}
	if strings.TrimSpace(s) == "" {
		c.Kind = BlankCell
	}
	if len(s) > maxCellText && utf8.RuneCountInString(s) > maxCellText {
		c.Flag |= TooLong
	}
	return c
}

// unescapeControl resolves _x000D_ and the like, by which workbooks write characters that
// XML can't hold (ECMA-376 part 1, 22.9.2.19).
func unescapeControl(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); {
		if i+7 <= len(s) && s[i] == '_' && s[i+1] == 'x' && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil && (n < 0xD800 || n > 0xDFFF) {
				out.WriteRune(rune(n))
				i += 7
				continue
			}
		}
		out.WriteByte(s[i])
		i++
	}
	return out.String()
}

package osm

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"

	"github.com/allclear/allclear/internal/platform/fault"
)

// eachXML reads the exchange format as it comes from the website and from editors. Deleted
// elements (action="delete", visible="false") are passed over.
func eachXML(in io.Reader, want kind, f func(*element) error) error {
	d := xml.NewDecoder(in)
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("only UTF-8 is read") }
	var e element
	inside, closed := false, false
	for {
		t, err := d.Token()
		if err == io.EOF {
			if !closed {
				return truncated(io.ErrUnexpectedEOF)
			}
			return nil
		}
		if err != nil {
			return badXML(err)
		}
		switch x := t.(type) {
		case xml.StartElement:
			if k := kindOfName(x.Name.Local); k != 0 {
				inside = want&k != 0 && begin(&e, k, x.Attr)
			} else if inside {
				e.inner(x)
			}
		case xml.EndElement:
			if k := kindOfName(x.Name.Local); k != 0 && inside {
				inside = false
				if err := f(&e); err != nil {
					return err
				}
			}
			closed = closed || x.Name.Local == "osm"
		}
	}
}

func badXML(err error) error {
	var syntax *xml.SyntaxError
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &syntax) && syntax.Msg == "unexpected EOF" {
		return truncated(err)
	}
	if errors.As(err, &syntax) {
		return fault.Invalidf(CodeDamaged, "the map file is not valid XML at line %d", syntax.Line)
	}
	return damaged(err)
}

func kindOfName(name string) kind {
	switch name {
	case "node":
		return node
	case "way":
		return way
	case "relation":
		return relation
	}
	return 0
}

// begin starts an element, and reports whether it counts.
func begin(e *element, k kind, attrs []xml.Attr) bool {
	*e = element{kind: k, tags: e.tags[:0], refs: e.refs[:0], members: e.members[:0]}
	ok := true
	for _, a := range attrs {
		var err error
		switch a.Name.Local {
		case "id":
			e.id, err = strconv.ParseInt(a.Value, 10, 64)
		case "lon":
			e.lon, err = strconv.ParseFloat(a.Value, 64)
		case "lat":
			e.lat, err = strconv.ParseFloat(a.Value, 64)
		case "action":
			ok = ok && a.Value != "delete"
		case "visible":
			ok = ok && a.Value != "false"
		}
		ok = ok && err == nil
	}
	return ok
}

func (e *element) inner(x xml.StartElement) {
	get := func(name string) string {
		for _, a := range x.Attr {
			if a.Name.Local == name {
				return a.Value
			}
		}
		return ""
	}
	switch x.Name.Local {
	case "tag":
		e.tags = append(e.tags, get("k"), get("v"))
	case "nd":
		if id, err := strconv.ParseInt(get("ref"), 10, 64); err == nil {
			e.refs = append(e.refs, id)
		}
	case "member":
		if id, err := strconv.ParseInt(get("ref"), 10, 64); err == nil {
			e.members = append(e.members, member{kind: kindOfName(get("type")), id: id, role: get("role")})
		}
	}
}

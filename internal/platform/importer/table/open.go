package table

import (
	"os"

	"github.com/allclear/allclear/internal/platform/fault"
)

// Open reads a file as the choice says. A choice that Inspect has filled reads it the
// same way every time; an empty one is completed by detection first.
func Open(path string, c Choice) (Rows, error) {
	c, err := complete(path, c)
	if err != nil {
		return nil, err
	}
	switch c.Format {
	case Delimited:
		return openText(path, c)
	case XLSX:
		return openBookRows(path, c)
	case OSM:
		return openOSM(path, c)
	case JSON, NDJSON, GeoJSON:
		return openJSON(path, c)
	}
	return nil, fault.Invalidf(CodeUnknownKind, "the format is not one that can be read")
}

// complete fills in what the choice leaves open.
func complete(path string, c Choice) (Choice, error) {
	c, _, err := detect(path, c)
	return c, err
}

// detect fills in the choice and tells how sure it is of the encoding.
func detect(path string, c Choice) (Choice, guess, error) {
	if c.Format == "" {
		format, err := detectFormat(path)
		if err != nil {
			return c, guess{}, err
		}
		c.Format = format
	}
	if c.Format == XLSX || c.Format == OSM {
		return c, guess{sure: true}, nil
	}
	g := guess{encoding: c.Encoding, sure: true}
	if c.Encoding == "" {
		var err error
		if g, err = detectEncoding(path); err != nil {
			return c, g, err
		}
		c.Encoding = g.encoding
	}
	c, err := detectShape(path, c)
	return c, g, err
}

func detectShape(path string, c Choice) (Choice, error) {
	if c.Format != Delimited {
		if c.Columns != nil {
			return c, nil
		}
		return inspectJSON(path, c)
	}
	if c.Delimiter != "" && c.Quote != "" {
		return c, nil
	}
	sample, err := sampleText(path, c.Encoding)
	if err != nil {
		return c, err
	}
	c.Delimiter, c.Quote = sniffDialect(sample, c)
	return c, nil
}

func openText(path string, c Choice) (Rows, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	src := &textSource{recs: newRecords(decode(f, c.Encoding), c.dialect()), closer: f.Close}
	rows, err := newTabular(src, "", c.HeaderRow)
	if err != nil {
		f.Close()
		return nil, err
	}
	return rows, nil
}

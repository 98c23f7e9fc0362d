package osm

import "strconv"

// kind is the kind of an element; values are bits, so that a block can hold several.
type kind uint8

const (
	node kind = 1 << iota
	way
	relation
)

var kindNames = map[kind]string{node: "node", way: "way", relation: "relation"}

// element is a node, way or relation as the file has it. It is valid until the next one
// is read.
type element struct {
	kind     kind
	id       int64
	lon, lat float64 // degrees; nodes only
	tags     tags
	refs     []int64 // ways: the nodes in order
	members  []member
}

type member struct {
	kind kind
	id   int64
	role string
}

func (e *element) key() string { return kindNames[e.kind] + "/" + strconv.FormatInt(e.id, 10) }

// tags are keys and values one after the other.
type tags []string

func (t tags) get(key string) string {
	for i := 0; i+1 < len(t); i += 2 {
		if t[i] == key {
			return t[i+1]
		}
	}
	return ""
}

// first returns the first of the keys that has a value.
func (t tags) first(keys ...string) string {
	for _, k := range keys {
		if v := t.get(k); v != "" {
			return v
		}
	}
	return ""
}

func (t tags) has(key string) bool { return t.get(key) != "" }

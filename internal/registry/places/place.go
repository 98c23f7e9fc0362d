package places

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Place is one node of the tree.
type Place struct {
	ID            ref.Place         `json:"id" audit:"-"`
	Code          string            `json:"code" audit:"public"`
	Level         Level             `json:"level" audit:"public"`
	Kind          string            `json:"kind" audit:"public"` // what it serves as: "school", "hospital"; "" for nothing special
	Name          string            `json:"name" audit:"public"`
	NameEn        string            `json:"name_en" audit:"public"`
	Path          string            `json:"path" audit:"public"`
	ParentID      ref.Place         `json:"parent_id" audit:"public"` // empty for a root
	Lon           *float64          `json:"lon" audit:"public"`       // degrees WGS 84; nil when not known
	Lat           *float64          `json:"lat" audit:"public"`
	Population    int64             `json:"population" audit:"public"` // residents as counted by the source; 0 when not known
	Floors        int64             `json:"floors" audit:"public"`     // storeys above ground; 0 when not known
	Height        *float64          `json:"height" audit:"public"`     // metres above ground; nil when not known
	HasGeometry   bool              `json:"has_geometry" audit:"-"`
	Extra         map[string]string `json:"extra,omitempty"` // columns of the source that have no field here
	Version       int64             `json:"version" audit:"-"`
	RetiredOn     store.Day         `json:"retired_on" audit:"public"`   // from this day on it is no longer there; "" while it is in use
	SuccessorID   ref.Place         `json:"successor_id" audit:"public"` // the place that it was merged into
	ChildrenCount int64             `json:"children_count" audit:"-"`    // those in use
	CreatedAt     store.Instant     `json:"-" audit:"-"`
	UpdatedAt     store.Instant     `json:"-" audit:"-"`
}

// New is a place to be created.
type New struct {
	// ID may be given so that later entries of one Add can name it as their parent.
	ID ref.Place
	// Parent is empty for a root, an existing place, or an earlier entry of the same Add.
	Parent     ref.Place
	Level      Level
	Kind       string // lower-case letters, digits and _
	Code       string
	Name       string
	NameEn     string
	Population int64
	Floors     int64
	Height     *float64 // metres
	Lon, Lat   *float64 // used when there is no Geometry
	Geometry   string   // GeoJSON Polygon, MultiPolygon or Point; "" for none
	Extra      map[string]string
}

// Changes are the fields of a place that can be edited; nil leaves a field as it is.
type Changes struct {
	Kind       *string
	Code       *string
	Name       *string
	NameEn     *string
	Population *int64
	Floors     *int64
	Height     *float64
	Lon, Lat   *float64
	Geometry   *string // "" removes the outline
}

// Limits of the texts, in characters.
const (
	maxName  = 200
	maxCode  = 100
	maxCount = 2_000_000_000 // more than any place has residents
)

// maxHeight is more than the height of the tallest building, 828 m.
const maxHeight = 1000

var kindForm = regexp.MustCompile(`^[a-z0-9_]{0,40}$`)

// Trail is the names from the root down to a place.
type Trail []string

// String joins the names: "松川市 › 江北区 › 建设街道".
func (t Trail) String() string { return strings.Join(t, " › ") }

// Above is the trail without the place itself.
func (t Trail) Above() Trail { return t[:max(len(t)-1, 0)] }

// check reports all wrong fields of the texts and numbers at once.
func check(p Place) error {
	f := fault.Invalidf("places.invalid", "the place has wrong fields")
	if !p.Level.Known() {
		f.With("level", "unknown")
	}
	checkText(f, "name", p.Name, maxName)
	checkText(f, "name_en", p.NameEn, maxName)
	checkText(f, "code", p.Code, maxCode)
	if !kindForm.MatchString(p.Kind) {
		f.With("kind", "bad_text")
	}
	if p.Height != nil && !(*p.Height >= 0 && *p.Height <= maxHeight) {
		f.With("height", "out_of_range")
	}
	if p.Name == "" && p.Level.Known() && !p.Level.Below(Compound) {
		f.With("name", "required")
	}
	if p.Population < 0 || p.Population > maxCount {
		f.With("population", "out_of_range")
	}
	if p.Floors < 0 || p.Floors > 200 { // the tallest building has 163
		f.With("floors", "out_of_range")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func checkText(f *fault.Error, field, text string, limit int) {
	switch {
	case utf8.RuneCountInString(text) > limit:
		f.With(field, "too_long")
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		f.With(field, "bad_text")
	}
}

// parents returns the paths of all places above path, the root first: "1.", "1.3." for
// "1.3.12.".
func parents(path string) []string {
	var out []string
	for p := access.ParentPath(path); p != ""; p = access.ParentPath(p) {
		out = append([]string{p}, out...)
	}
	return out
}

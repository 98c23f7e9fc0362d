package match

// Text is a short text in the two languages every screen has.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// In returns the text in the language asked for: Chinese for "zh" and "zh-CN",
// English for everything else.
func (t Text) In(lang string) string {
	if len(lang) >= 2 && lang[:2] == "zh" {
		return t.Zh
	}
	return t.En
}

// Type says how the cells of a field are understood.
type Type string

// The types a field can have.
const (
	// TypeText is trimmed text; a number cell keeps its digits.
	TypeText Type = "text"
	// TypeInteger is a whole number; full-width digits and thousands separators are understood.
	TypeInteger Type = "integer"
	// TypeNumber is a decimal number.
	TypeNumber Type = "number"
	// TypeAge is an age in completed years: "36", "36岁", "8 months" (0), "8月龄" (0).
	TypeAge Type = "age"
	// TypeDay is a calendar day; a time of day is cut off. Day and month are never guessed.
	TypeDay Type = "day"
	// TypeCode is one of Field.Codes.
	TypeCode Type = "code"
	// TypeBool is yes or no.
	TypeBool Type = "boolean"
	// TypeLon is a longitude in degrees, −180 to 180.
	TypeLon Type = "lon"
	// TypeLat is a latitude in degrees, −90 to 90.
	TypeLat Type = "lat"
	// TypeGeometry is a GeoJSON geometry as compact text.
	TypeGeometry Type = "geometry"
	// TypeIDNumber is an 18-digit citizen identity number (GB 11643); other documents are TypeText.
	TypeIDNumber Type = "id_number"
	// TypePhone is a telephone number; spaces and hyphens are removed, a leading + is kept.
	TypePhone Type = "phone"
	// TypeIdentifier is a code such as a case number or a division code: text that a
	// spreadsheet damages when it takes it for a number (lost digits, exponents).
	TypeIdentifier Type = "identifier"
)

// Field is one thing a kind of record can be told by a file.
type Field struct {
	// Key is the stable name: JSON, saved mappings, Row accessors.
	Key string
	// Title is what a person calls it.
	Title Text
	// Synonyms are other names columns have for it: Chinese, English, pinyin, the names
	// other systems export. Case, spaces, underscores, camelCase, width and plural are
	// normalised before comparing, so one spelling of each is enough.
	Synonyms []string
	Type     Type
	// Codes holds, for TypeCode, the stored value and the words files use for it. The
	// stored value itself always matches.
	Codes map[string][]string
	// Required refuses a file without the column, and a row without a value.
	Required bool
	// Personal names the class of personal data ("name", "phone", "id_number",
	// "address", "health", "free_text"), empty for none. Values of a personal
	// field never appear in refusals, logs or errors.
	Personal string
	// MaxLen is the longest text in characters; 0 means 500.
	MaxLen int
	// NonNegative refuses numbers below zero.
	NonNegative bool
}

// State tells what a file says about a field in one row.
type State uint8

// The three things a cell can say. They differ on purpose: an absent or missing value
// never erases what is already known.
const (
	// Absent: the file has no column for the field.
	Absent State = iota
	// Missing: the column is there and the cell is empty or says so ("NA", "无", "-").
	Missing
	// Present: the cell holds a value of the field's type.
	Present
)

// Value is one cell as understood.
type Value struct {
	State State
	// Text is the trimmed text; for TypeCode the stored code; for TypeDay the ISO day;
	// for TypeGeometry compact GeoJSON.
	Text string
	// Number is set for integer, number, age, lon and lat.
	Number float64
	// Bool is set for boolean.
	Bool bool
}

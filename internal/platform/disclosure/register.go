package disclosure

import (
	"bytes"
	_ "embed" // the register
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Text is a sentence in both languages.
type Text struct {
	Zh string `json:"zh" yaml:"zh"`
	En string `json:"en" yaml:"en"`
}

func (t Text) whole() bool { return t.Zh != "" && t.En != "" }

// Field is one personal field of the register.
type Field struct {
	Table     string   `json:"table"`
	TableName Text     `json:"table_name"`
	Column    string   `json:"column"`
	Name      Text     `json:"name"`
	Class     string   `json:"class"`
	Purpose   Text     `json:"purpose"`
	Basis     Text     `json:"basis"`
	Retention Text     `json:"retention"`
	Plain     []string `json:"plain"`  // operations that show it in plain
	Masked    []string `json:"masked"` // operations that show it masked
	Sealed    bool     `json:"sealed"`
	Note      Text     `json:"note"`
}

// Legend is what the register leaves out and why.
type Legend struct {
	Technical map[string][]string `json:"technical"` // bookkeeping columns by table
	Without   []string            `json:"without"`   // tables without personal data
}

type fieldEntry struct {
	Text      `yaml:",inline"`
	Class     string `yaml:"class"`
	Purpose   string `yaml:"purpose"`
	Basis     string `yaml:"basis"`
	Retention string `yaml:"retention"`
	Sees      string `yaml:"sees"`
	Sealed    bool   `yaml:"sealed"`
	Note      Text   `yaml:"note"`
}

type registerFile struct {
	Purposes   map[string]Text `yaml:"purposes"`
	Bases      map[string]Text `yaml:"bases"`
	Retentions map[string]Text `yaml:"retentions"`
	Sees       map[string]struct {
		Plain  []string `yaml:"plain"`
		Masked []string `yaml:"masked"`
	} `yaml:"sees"`
	Tables map[string]struct {
		fieldEntry `yaml:",inline"`
		Fields     map[string]fieldEntry `yaml:"fields"`
		Technical  []string              `yaml:"technical"`
	} `yaml:"tables"`
	Without []string `yaml:"without"`
	Places  []string `yaml:"places"`
}

//go:embed register.yaml
var registerText []byte

type register struct {
	fields []Field
	legend Legend
	err    error
}

var loaded = sync.OnceValue(func() register {
	var f registerFile
	d := yaml.NewDecoder(bytes.NewReader(registerText))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return register{err: fmt.Errorf("read the register of personal data: %w", err)}
	}
	return f.build()
})

// Register returns the register of personal data, table by table. It panics on a register
// that is not whole, which a test finds first.
func Register() ([]Field, Legend) {
	r := loaded()
	if r.err != nil {
		panic(r.err)
	}
	return slices.Clone(r.fields), r.legend
}

// CheckRegister reports what is wrong with the register itself.
func CheckRegister() error { return loaded().err }

func (f registerFile) build() register {
	out := register{legend: Legend{Technical: map[string][]string{}, Without: append(slices.Clone(f.Without), f.Places...)}}
	var wrong []string
	for table, t := range f.Tables {
		out.legend.Technical[table] = t.Technical
		for column, c := range t.Fields {
			pick := func(own, ofTable string) string {
				if own != "" {
					return own
				}
				return ofTable
			}
			x := Field{Table: table, TableName: t.Text, Column: column, Name: c.Text, Class: c.Class, Sealed: c.Sealed, Note: c.Note,
				Purpose: f.Purposes[pick(c.Purpose, t.Purpose)], Basis: f.Bases[pick(c.Basis, t.Basis)], Retention: f.Retentions[pick(c.Retention, t.Retention)]}
			sees, known := f.Sees[pick(c.Sees, t.Sees)]
			x.Plain, x.Masked = append([]string{}, sees.Plain...), append([]string{}, sees.Masked...)
			if !x.Name.whole() || !x.TableName.whole() || x.Class == "" || !x.Purpose.whole() || !x.Basis.whole() || !x.Retention.whole() || !known {
				wrong = append(wrong, table+"."+column)
			}
			out.fields = append(out.fields, x)
		}
	}
	slices.SortFunc(out.fields, func(a, b Field) int {
		if a.Table != b.Table {
			return strings.Compare(a.Table, b.Table)
		}
		return strings.Compare(a.Column, b.Column)
	})
	if len(wrong) > 0 {
		slices.Sort(wrong)
		out.err = fmt.Errorf("fields without a name, class, purpose, legal basis, retention or viewers: %s", strings.Join(wrong, ", "))
	}
	return out
}

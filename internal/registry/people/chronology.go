package people

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Text is a title in both languages of the product.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// Moment is one line of a person's chronology. On is its day; At, if known, the moment it
// was recorded.
type Moment struct {
	On     store.Day     `json:"on"`
	At     store.Instant `json:"at"`
	Kind   string        `json:"kind"`
	Title  Text          `json:"title"`
	Detail string        `json:"detail"`
	ByName string        `json:"by_name"`
	Ref    ref.Ref       `json:"ref"`
}

// needWords are the needs as people say them.
var needWords = map[Need]Text{
	LivesAloneElderly: {"独居老人", "elderly person living alone"}, MinorAlone: {"独处未成年人", "minor alone"}, Pregnant: {"孕妇", "pregnancy"},
	PostPartum: {"产妇", "after childbirth"}, Disabled: {"残疾人", "disability"}, LimitedMobility: {"行动不便", "limited mobility"},
	Haemodialysis: {"血液透析", "haemodialysis"}, Psychiatric: {"精神疾病", "psychiatric illness"}, ChronicDisease: {"慢性病", "chronic disease"},
	TumourTreatment: {"肿瘤放化疗", "tumour treatment"}, Infant: {"婴幼儿", "infant"}, StudentAlone: {"独居学生", "student living alone"},
	LanguageHelp: {"需要语言帮助", "language help"}, HomeOxygen: {"家庭氧疗、呼吸机", "oxygen or ventilator at home"},
	Palliative: {"安宁疗护", "palliative care"}, RegularMedicine: {"需长期用药", "regular medicine"},
}

// Words returns the need as people say it.
func (n Need) Words() (zh, en string) { return needWords[n].Zh, needWords[n].En }

// Chronology tells what happened to a person in the order in which it happened: homes,
// needs of care, the record itself (operation ViewPerson).
func (s *Service) Chronology(ctx context.Context, tx *op.Tx, id ref.Person) ([]Moment, error) {
	p, err := s.Load(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	looked(tx, p)
	homes, err := homesOf(ctx, tx, id)
	if err != nil {
		return nil, fmt.Errorf("load the homes of a person: %w", err)
	}
	care, err := s.CareOf(ctx, tx, []ref.Person{id})
	if err != nil {
		return nil, err
	}
	who := id.Ref()
	recorded := store.DayOf(p.CreatedAt.Time(), p.CreatedAt.Time().Location())
	out := []Moment{{On: recorded, At: p.CreatedAt, Kind: "registered", Title: Text{"登记", "Entered in the register"}, Ref: who}}
	for _, h := range homes {
		if h.From != "" {
			out = append(out, Moment{On: h.From, Kind: "moved_in", Title: Text{"迁入", "Moved in"}, Detail: h.Trail, Ref: h.PlaceID.Ref()})
		}
		if h.To != "" {
			out = append(out, Moment{On: h.To, Kind: "moved_out", Title: Text{"迁出", "Moved out"}, Detail: joined(h.Trail, h.Reason), Ref: h.PlaceID.Ref()})
		}
	}
	if p.HomeSince != "" {
		out = append(out, Moment{On: p.HomeSince, Kind: "moved_in", Title: Text{"迁入现住址", "Moved to the present home"}, Ref: p.PlaceID.Ref()})
	}
	for _, c := range care[id] {
		zh, en := c.Need.Words()
		if c.Since != "" {
			out = append(out, Moment{On: c.Since, Kind: "care_from", Title: Text{"列入特殊照护：" + zh, "Needs care: " + en}, Ref: who})
		}
		if c.Until != "" {
			out = append(out, Moment{On: c.Until, Kind: "care_until", Title: Text{"特殊照护到期：" + zh, "Last day of care: " + en}, Ref: who})
		}
	}
	slices.SortStableFunc(out, func(a, b Moment) int { return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.At, b.At)) })
	return out, nil
}

func joined(a, b string) string {
	if b == "" {
		return a
	}
	return a + " · " + b
}

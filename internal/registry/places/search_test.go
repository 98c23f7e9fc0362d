package places_test

import (
	"context"
	"testing"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/registry/places"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			for query, want := range map[string][]string{
				"江北":          {"江北区", "江北路街道"},
				"江北区":         {"江北区"},
				"北":           {"江北区", "江北路街道"},
				"jiangbei":    {"江北区", "江北路街道"},
				"JIANGBEI":    {"江北区", "江北路街道"},
				"jiangbei区":   {"江北区"},
				"jbq":         {"江北区"},
				"jb":          {"江北区", "江北路街道"},
				"changchun":   {"长春路街道"},
				"zhangchun":   {"长春路街道"}, // the other reading of 长
				"ccl":         {"长春路街道"},
				"shanshan":    {"单山区"},
				"danshan":     {"单山区"},
				"dsq":         {"单山区"},
				"9901":        {"松川市", "江北区", "单山区", "长春路街道", "江北路街道", "100%_社区"},
				"990101":      {"江北区", "长春路街道", "100%_社区"},
				"songchuan":   {"松川市"},
				"Songch":      {"松川市"},
				"%_":          {"100%_社区"},
				"%":           {"100%_社区"},
				"_":           {"100%_社区"},
				"0%_":         {"100%_社区"},
				"100%_社区":     {"100%_社区"},
				`\`:           {},
				"8":           {"8号楼"},
				"８号楼":         {"8号楼"},
				"ygxq":        {"阳光小区"},
				"":            {},
				"   ":         {},
				"没有这个":        {},
				"' OR 1=1 --": {},
			} {
				found, err := places.Search(ctx, tx, query, places.SearchOptions{})
				if err != nil {
					t.Errorf("%q: %v", query, err)
					continue
				}
				got := []string{}
				for _, p := range found {
					got = append(got, p.Name)
				}
				if len(got) != len(want) {
					t.Errorf("%q found %v, want %v", query, got, want)
					continue
				}
				for i := range want {
					if got[i] != want[i] {
						t.Errorf("%q found %v, want %v", query, got, want)
						break
					}
				}
			}
			below, err := places.Search(ctx, tx, "江北", places.SearchOptions{Under: w.south.Path})
			if err != nil || len(below) != 1 || below[0].ID != w.otherStreet.ID {
				t.Errorf("under the other district: %v %v", below, err)
			}
			one, err := places.Search(ctx, tx, "江北", places.SearchOptions{Limit: 1})
			if err != nil || len(one) != 1 || one[0].ID != w.north.ID {
				t.Errorf("limit: %v %v", one, err)
			}
			return nil
		})
	})
}

func TestLocate(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			_, err := places.Add(ctx, tx, []places.New{
				{Parent: w.north.ID, Level: places.Street, Name: "建设街道"}, {Parent: w.south.ID, Level: places.Street, Name: "建设街道"},
			})
			return err
		})
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			l := places.NewLocator("")
			for text, want := range map[string]string{
				"990101": "1.1.", " 江北区 ": "1.1.", "江北": "1.1.", "松川市/江北区": "1.1.", "松川市›江北区›长春路街道": "1.1.1.",
				"江北/建设": "1.1.2.", "单山区，建设街道": "1.2.2.", "松川": "1.", "Songchuan": "", "建设街道": "ambiguous", "没有": "", "": "",
				"单山区/长春路街道": "",
			} {
				p, err := l.Locate(ctx, tx, text)
				switch want {
				case "":
					if fault.CodeOf(err) != "places.not_found" {
						t.Errorf("%q: %v %v, want not found", text, p.Path, err)
					}
				case "ambiguous":
					if fault.CodeOf(err) != "places.ambiguous" {
						t.Errorf("%q: %v %v, want ambiguous", text, p.Path, err)
					}
				default:
					if err != nil || p.Path != want {
						t.Errorf("%q: %v %v, want %s", text, p.Path, err, want)
					}
				}
			}
			below := places.NewLocator(w.south.Path)
			if p, err := below.Locate(ctx, tx, "建设街道"); err != nil || p.Path != "1.2.2." {
				t.Errorf("below the district: %v %v", p.Path, err)
			}
			if _, err := below.Locate(ctx, tx, "990101"); fault.CodeOf(err) != "places.not_found" {
				t.Errorf("a code outside: %v", err)
			}
			if p, err := l.Containing(ctx, tx, 126.521, 43.921); err != nil || p.ID != w.compound.ID {
				t.Errorf("containing: %v %v", p.Name, err)
			}
			if p, err := l.Containing(ctx, tx, 126.75, 43.95); err != nil || p.ID != w.south.ID {
				t.Errorf("containing: %v %v", p.Name, err)
			}
			if _, err := l.Containing(ctx, tx, 0, 0); fault.CodeOf(err) != "places.not_found" {
				t.Errorf("nowhere: %v", err)
			}
			return nil
		})
		w.seeAs(t, func(ctx context.Context, tx *op.Tx) error {
			if p, err := places.NewLocator("").Locate(ctx, tx, "建设街道"); err != nil || p.Path != "1.1.2." {
				t.Errorf("only one in the scope: %v %v", p.Path, err)
			}
			if _, err := places.NewLocator("").Containing(ctx, tx, 126.75, 43.95); fault.CodeOf(err) != "places.not_found" {
				t.Errorf("containing outside the scope: %v", err)
			}
			return nil
		}, w.north.Path)
	})
}

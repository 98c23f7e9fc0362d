package people_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// crowd registers people by name at the north district and returns their names by id.
func crowd(t *testing.T, w world, all ...people.Details) map[ref.Person]string {
	t.Helper()
	out := map[ref.Person]string{}
	optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
		for i := range all {
			if all[i].Place == "" {
				all[i].Place = w.north.ID
			}
		}
		made, err := w.Add(ctx, tx, all)
		for _, p := range made {
			out[p.ID] = p.Name
		}
		return err
	})
	return out
}

func named(names ...string) []people.Details {
	out := make([]people.Details, len(names))
	for i, n := range names {
		out[i] = people.Details{Identity: people.Identity{Name: n}}
	}
	return out
}

func TestSearch(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		all := named("张三", "张三丰", "张珊", "章善", "周松", "赵四", "单田芳", "曾国强", "仇英", "尉迟恭", "解晓东", "朴志勋", "乐嘉", "区小宁", "查良镛",
			"欧阳修", "吕布", "孟长庚", "李乐", "买买提·艾力", "José García López", "Ann-Marie O'Brien", "㛃永明", "王𫚖")
		all = append(all, people.Details{Identity: people.Identity{Name: "钱多", Phone: "+86 138-0013-8000"}, ExternalKey: "A-17", Vehicle: "吉B·12345"})
		names := crowd(t, w, all...)
		for _, c := range []struct {
			q    string
			want string
			by   people.MatchedBy
		}{
			{"张三", "张三 张三丰", people.ByName}, {"张三丰", "张三丰", people.ByName}, {" 张　三 ", "张三 张三丰", people.ByName},
			{"zs", "周松 张三 张三丰 张珊 章善 赵四", people.ByInitials}, {"ZS", "周松 张三 张三丰 张珊 章善 赵四", people.ByInitials}, {"zsf", "张三丰", people.ByInitials},
			{"zhangs", "张三 张三丰 张珊 章善", people.ByPinyin}, {"zhang san", "张三 张三丰", people.ByPinyin}, {"zhangsan", "张三 张三丰", people.ByPinyin},
			{"z san", "张三 张三丰", people.ByPinyin}, {"zhang s", "张三 张三丰 张珊 章善", people.ByPinyin}, {"zhangsha", "张珊 章善", people.ByPinyin},
			{"zhshan", "张珊 章善", people.ByPinyin}, {"张s", "张三 张三丰 张珊", people.ByName}, {"张san", "张三 张三丰", people.ByName}, {"zhangsanf", "张三丰", people.ByPinyin},
			{"zhou", "周松", people.ByPinyin}, {"zho", "周松", people.ByPinyin},
			{"shantianfang", "单田芳", people.ByPinyin}, {"dantianfang", "单田芳", people.ByPinyin}, {"stf", "单田芳", people.ByInitials}, {"dtf", "单田芳", people.ByInitials},
			{"zengguoqiang", "曾国强", people.ByPinyin}, {"cgq", "曾国强", people.ByInitials}, {"qiuying", "仇英", people.ByPinyin}, {"chouy", "仇英", people.ByPinyin},
			{"yuchigong", "尉迟恭", people.ByPinyin}, {"ycg", "尉迟恭", people.ByInitials}, {"xiexd", "解晓东", people.ByPinyin}, {"jxd", "解晓东", people.ByInitials},
			{"piaozhixun", "朴志勋", people.ByPinyin}, {"puzx", "朴志勋", people.ByPinyin}, {"yuejia", "乐嘉", people.ByPinyin}, {"yj", "乐嘉", people.ByInitials},
			{"ouxn", "区小宁", people.ByPinyin}, {"zhalianglong", "", ""}, {"zhaliangyong", "查良镛", people.ByPinyin}, {"oyx", "欧阳修", people.ByInitials},
			{"lvbu", "吕布", people.ByPinyin}, {"lubu", "吕布", people.ByPinyin}, {"mengzhang", "孟长庚", people.ByPinyin}, {"mcg", "孟长庚", people.ByInitials}, {"liyue", "李乐", people.ByPinyin}, {"lile", "李乐", people.ByPinyin},
			{"买买提艾力", "买买提·艾力", people.ByName}, {"买买提•艾", "买买提·艾力", people.ByName}, {"买买提‧艾力", "买买提·艾力", people.ByName}, {"mmtal", "买买提·艾力", people.ByInitials},
			{"jose", "José García López", people.ByPinyin}, {"JOSÉ GARCÍA", "José García López", people.ByPinyin}, {"garcia jose", "José García López", people.ByPinyin},
			{"lopez", "José García López", people.ByPinyin}, {"josegarcia", "José García López", people.ByPinyin}, {"jg", "José García López", people.ByInitials}, {"ann marie", "Ann-Marie O'Brien", people.ByPinyin}, {"obrien ann", "Ann-Marie O'Brien", people.ByPinyin},
			{"㛃永", "㛃永明", people.ByName}, {"王𫚖", "王𫚖", people.ByName},
			{"8000", "钱多", people.ByTail}, {"A-17", "钱多", people.ByKey}, {"吉B12345", "钱多", people.ByVehicle}, {"吉b·12345", "钱多", people.ByVehicle},
			{"8001", "", ""}, {"三丰", "", ""}, {"%%", "", ""}, {"qq", "", ""}, {"··", "", ""},
		} {
			optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
				found, err := w.Search(ctx, tx, c.q, "", 50)
				if err != nil {
					return err
				}
				var got []string
				for _, h := range found.Items {
					got = append(got, names[h.ID])
					if h.MatchedBy != c.by {
						t.Errorf("%q: found %s by %s, want by %s", c.q, names[h.ID], h.MatchedBy, c.by)
					}
					if strings.Contains(fmt.Sprintf("%+v", h), names[h.ID]) {
						t.Errorf("%q: a hit tells the whole name", c.q)
					}
				}
				slices.Sort(got)
				want := strings.Fields(c.want)
				if strings.Contains(c.want, "José") || strings.Contains(c.want, "Ann") {
					want = []string{c.want}
				}
				slices.Sort(want)
				if !slices.Equal(got, want) || found.More {
					t.Errorf("%q: %v (more %v), want %v", c.q, got, found.More, want)
				}
				return nil
			})
		}
	})
}

func TestSearchKeepsToItsBounds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		var all []people.Details
		for i := range 70 {
			all = append(all, people.Details{Identity: people.Identity{Name: "张三" + string(rune('一'+i)), Phone: fmt.Sprintf("138%08d", 4321+i*10000)}})
		}
		crowd(t, w, all...)
		there := crowd(t, w, people.Details{Place: w.south.ID, Identity: people.Identity{Name: "张三", Phone: "13900004321", IDNumber: woman}})
		w.create(t, people.Details{Place: w.north.ID, Identity: people.Identity{Name: "李四"}})
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error { // comes with a case: no list names the infected
			_, err := w.Admit(ctx, tx, []people.Details{{Place: w.north.ID, Identity: people.Identity{Name: "李思"}}})
			return err
		})
		look := func(call op.Call, def *op.Def, f func(ctx context.Context, tx *op.Tx) (people.Found, error)) people.Found {
			t.Helper()
			found, err := op.Do(context.Background(), w.door, def, call, f)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		south := optest.As("li", access.Grant{Role: "community_lead", PlacePath: w.south.Path})
		for q, want := range map[string]int{"zs": 1, "张三": 1, "zhangsan": 1, "4321": 1} {
			found := look(south, people.Searching, func(ctx context.Context, tx *op.Tx) (people.Found, error) { return w.Search(ctx, tx, q, "", 50) })
			if len(found.Items) != want || found.More || there[found.Items[0].ID] == "" {
				t.Errorf("%q in the south: %d, more %v", q, len(found.Items), found.More)
			}
			found = look(optest.Operator(), people.Searching, func(ctx context.Context, tx *op.Tx) (people.Found, error) {
				return w.Search(ctx, tx, q, w.south.Path, 50)
			})
			if len(found.Items) != want {
				t.Errorf("%q below the south: %d", q, len(found.Items))
			}
			found = look(optest.Operator(), people.Searching, func(ctx context.Context, tx *op.Tx) (people.Found, error) { return w.Search(ctx, tx, q, "", 10) })
			if len(found.Items) != 10 || !found.More {
				t.Errorf("%q everywhere: %d, more %v", q, len(found.Items), found.More)
			}
		}
		if found := look(optest.Operator(), people.Searching, func(ctx context.Context, tx *op.Tx) (people.Found, error) { return w.Search(ctx, tx, "lisi", "", 10) }); len(found.Items) != 1 {
			t.Errorf("who came with a case is found: %d", len(found.Items))
		}
		for q, want := range map[string]int{woman: 1, "13900004321": 1, "+86 139 0000 4321": 1, "13900004322": 0} {
			if !people.IsNumber(q) {
				t.Errorf("%q is a number", q)
			}
			found := look(south, people.FindByNumber, func(ctx context.Context, tx *op.Tx) (people.Found, error) { return w.FindNumber(ctx, tx, q, "") })
			if len(found.Items) != want {
				t.Errorf("%q: %d", q, len(found.Items))
			}
		}
		for _, q := range []string{"zs", "张三", "8000", "A-17", "吉B12345", "zhang3"} {
			if people.IsNumber(q) {
				t.Errorf("%q is no whole number", q)
			}
		}
		_, err := op.Do(context.Background(), w.door, people.Searching, south, func(ctx context.Context, tx *op.Tx) (people.Found, error) { return w.Search(ctx, tx, " 张 ", "", 10) })
		if fault.CodeOf(err) != "people.query_short" {
			t.Errorf("one character: %v", err)
		}
	})
}

package places_test

import (
	"bufio"
	"encoding/json"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/registry/places"
)

// written is an address as the golden table has it: "road=博山路 lane=12 number=3".
func written(a places.Address) string {
	text, _ := json.Marshal(a)
	var m map[string]any
	_ = json.Unmarshal(text, &m)
	delete(m, "text")
	var out []string
	for k, v := range m {
		switch x := v.(type) {
		case string:
			out = append(out, k+"="+strings.ReplaceAll(x, " ", "_"))
		case bool:
			out = append(out, k)
		case []any:
			var parts []string
			for _, p := range x {
				parts = append(parts, p.(string))
			}
			out = append(out, k+"="+strings.Join(parts, "+"))
		}
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}

// TestParseAddress holds the table testdata/addresses.tsv: each text and its parts. The
// Shanghai texts are of the published lists of affected places of April 2022.
func TestParseAddress(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/addresses.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		text, want, ok := strings.Cut(lines.Text(), "\t")
		if !ok {
			continue
		}
		n++
		if got := written(places.ParseAddress(text)); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
	if n < 80 {
		t.Errorf("the table has %d addresses, want at least 80", n)
	}
}

// FuzzParseAddress: any text is taken apart without a panic, in bounded time, and taking
// the levelled text apart again changes nothing about road and number.
func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"博山路12弄3号501室", "北蔡镇黄家宅", "一〇八弄", "12 Main Street", "(", "）", "至", "号号号", "1-", "路路路路", "\xff", "３号楼"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a := places.ParseAddress(s)
		b := places.ParseAddress(a.Text)
		if a.Note == "" && (a.Road != b.Road || a.Number != b.Number || a.Lane != b.Lane) && !strings.ContainsAny(s, "(（[【〔") {
			t.Errorf("%q: %+v, again %+v", s, a, b)
		}
		_ = a.Spelling()
	})
}

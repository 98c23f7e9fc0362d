package protocol

import (
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/allclear/allclear/protocols"
)

// FuzzLoad gives Load any bytes: it must refuse them with problems that say where and
// what, or return rules that work.
func FuzzLoad(f *testing.F) {
	for _, name := range []string{"cn-covid-8th.yaml", "ebola.yaml", "jilin-city-2022.yaml", "shanghai-2022.yaml"} {
		data, err := fs.ReadFile(protocols.FS, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(minimal))
	f.Add([]byte(smallOverlay))
	for _, tt := range refusals {
		if data := []byte(tt.edit(minimal)); len(data) < 1<<16 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		hung := time.AfterFunc(20*time.Second, func() { panic("Load does not come back") })
		defer hung.Stop()
		l, err := Load(fstest.MapFS{"p.yaml": {Data: data}})
		if err != nil {
			var ps Problems
			if !errors.As(err, &ps) || len(ps) == 0 {
				t.Fatalf("an error without problems: %v", err)
			}
			for _, p := range ps {
				if p.File == "" || p.Line < 1 || p.Text("en") == "" || p.Text("zh-CN") == "" {
					t.Fatalf("a problem without place or text: %+v", p)
				}
			}
			return
		}
		for _, s := range l.Packs() {
			r, err := l.Resolve(s.ID, nil)
			if err != nil {
				t.Fatalf("an accepted pack does not resolve: %v", err)
			}
			for _, day := range []string{"", "2022-03-15", "2030-01-01"} {
				v := r.On(day)
				if !v.InCommunity("unknown", "unknown") {
					t.Fatal("an unknown route is not community")
				}
				if got, err := v.Clearance(Facts{}); err == nil && got.Met && len(got.Criteria) == 0 {
					t.Fatal("clear without a criterion")
				}
				_, _ = v.Clearance(quiet()) // may fail on its cost or a divisor, but must return
			}
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(protocols.FS); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkResolve(b *testing.B) {
	l, err := Load(protocols.FS)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := l.Resolve("cn-covid-8th", []string{"jilin-city-2022"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkClearance(b *testing.B) {
	v := shipped(b, "cn-covid-8th").On("2022-04-08")
	f := quiet()
	for b.Loop() {
		if _, err := v.Clearance(f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInCommunity(b *testing.B) {
	v := shipped(b, "cn-covid-8th").On("2022-04-08")
	for b.Loop() {
		v.InCommunity("community_screening", "control")
	}
}

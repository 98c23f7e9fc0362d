package synth

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
)

func readList(t *testing.T, city *City, o ListOptions) ([][]string, ListSummary) {
	t.Helper()
	var b bytes.Buffer
	sum, err := WriteResidentList(&b, city, o)
	if err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(b.String(), "\ufeff")
	if !marked {
		t.Error("the list has no byte order mark")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:], sum
}

func TestResidentList(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 21, People: 5_000})
	rows, sum := readList(t, city, ListOptions{})
	if len(rows) != 5_000 || sum.Rows != 5_000 || len(sum.Flaws) != 0 {
		t.Fatalf("got %d rows and %+v", len(rows), sum)
	}
	for i, p := range city.People {
		row := rows[i]
		if row[colName] != p.Name || row[colID] != p.IDNumber || row[colPlace] != city.Places[p.Household].Code || row[16] == "" || row[17] == "" {
			t.Fatalf("row %d of %+v: %v", i, p, row)
		}
		if p.Guardian >= 0 && row[colGuardian] != city.People[p.Guardian].IDNumber {
			t.Errorf("row %d: guardian %s", i, row[colGuardian])
		}
	}
}

func TestResidentListWithAddresses(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 21, People: 2_000})
	rows, _ := readList(t, city, ListOptions{Addresses: true})
	for i, p := range city.People {
		at := p.Household
		for column := colDoor; column >= colDistrict; column-- {
			if rows[i][column] != city.Places[at].Name {
				t.Fatalf("row %d, column %d: got %s, want %s", i, column, rows[i][column], city.Places[at].Name)
			}
			at = city.Places[at].Parent
		}
		if rows[i][colPlace] != "" {
			t.Errorf("row %d has a code beside the address", i)
		}
	}
}

// Every kind of flaw occurs, as often as the summary says, and the list is the
// same each time.
func TestFlawedList(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 22, People: 20_000})
	rows, sum := readList(t, city, ListOptions{Flawed: 50})
	flawed := 0
	for _, flaw := range flaws {
		if sum.Flaws[flaw] == 0 {
			t.Errorf("no row with %s", flaw)
		}
		flawed += sum.Flaws[flaw]
	}
	within(t, "flawed rows", flawed, 850, 1_150)
	nobody, rare, dots := 0, 0, 0
	for _, row := range rows {
		switch {
		case row[colName] == "" && row[colID] == "":
			nobody++
		case strings.HasPrefix(row[colName], "𬱖") && len([]rune(row[colName])) == 2:
			rare++
		case strings.Contains(row[colName], "·"):
			dots++
		}
	}
	if nobody != sum.Flaws[FlawNobody] || rare < sum.Flaws[FlawRareCharacter] || dots < sum.Flaws[FlawDot] {
		t.Errorf("got %d nobodies, %d rare and %d dotted names; the summary says %v", nobody, rare, dots, sum.Flaws)
	}
	again, _ := readList(t, city, ListOptions{Flawed: 50})
	for i := range rows {
		if strings.Join(rows[i], ",") != strings.Join(again[i], ",") {
			t.Fatalf("row %d differs the second time", i)
		}
	}
}

type full struct{ left int }

var errFull = errors.New("no space")

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestListOnAFullDisk(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 21, People: 20_000})
	if _, err := WriteResidentList(&full{500_000}, city, ListOptions{}); !errors.Is(err, errFull) {
		t.Errorf("got %v, want that there is no space", err)
	}
}

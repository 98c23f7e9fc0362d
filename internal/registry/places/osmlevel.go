package places

import (
	"sort"
	"strconv"
	"strings"

	"github.com/allclear/allclear/internal/platform/importer"
)

// adminLevels says which level of the register an admin_level of the map is.
type adminLevels map[int64]Level

// levelsByCountry are the meanings of admin_level as the map's community keeps them
// (wiki.openstreetmap.org/wiki/Tag:boundary=administrative, table "10 admin_level
// values for specific countries"). A city's own levels, which such a table can't know,
// are given with the answer admin_levels.
var levelsByCountry = map[string]adminLevels{
	"CN": {2: Country, 4: Province, 5: City, 6: District, 8: Street, 10: Community},
	"LI": {2: Country, 8: District, 9: Street, 10: Community},
	"SG": {2: Country, 6: District, 8: Street, 10: Community},
	"":   {2: Country, 4: Province, 6: City, 8: District, 9: Street, 10: Community},
}

// levelsOf returns the table in force: the user's (admin_levels), else the country's. The
// second result is the part of the user's table that can't be read.
func levelsOf(answers map[string]string, country string) (adminLevels, string) {
	if text := answers["admin_levels"]; text != "" {
		return parseLevels(text)
	}
	if c := answers["country"]; c != "" {
		country = strings.ToUpper(c)
	}
	if l, ok := levelsByCountry[country]; ok {
		return l, ""
	}
	return levelsByCountry[""], ""
}

func parseLevels(text string) (adminLevels, string) {
	out := adminLevels{}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", ;，；", r) }) {
		number, word, _ := strings.Cut(part, "=")
		n, err := strconv.ParseInt(number, 10, 8)
		if err != nil || !Level(word).Known() {
			return out, part
		}
		out[n] = Level(word)
	}
	return out, ""
}

// words lists the table for people.
func (a adminLevels) words() (zh, en string) {
	var depths []int
	for n := range a {
		depths = append(depths, int(n))
	}
	sort.Ints(depths)
	var zhs, ens []string
	for _, n := range depths {
		l := a[int64(n)]
		zhs, ens = append(zhs, strconv.Itoa(n)+" = "+l.Zh()), append(ens, strconv.Itoa(n)+" = "+l.En())
	}
	return strings.Join(zhs, "、"), strings.Join(ens, ", ")
}

// countryIn finds the country of a map: what its rows say, or China when the place that
// the map is put under has a Chinese name.
func countryIn(rows []importer.Row, base Place) string {
	for _, r := range rows {
		if c := countryOf(r); c != "" {
			return c
		}
	}
	if !isLatin(base.Name) {
		return "CN"
	}
	return ""
}

// countryOf is the country that a row of a map says it is of. Boundaries of neighbouring
// countries say theirs.
func countryOf(r importer.Row) string {
	if r.Text(fSort) == sortBoundary {
		return ""
	}
	return strings.ToUpper(r.Text(fCountry))
}

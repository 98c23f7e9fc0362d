package places

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// descend follows the texts down from their candidates: to the building, the stairwell
// and the door, one level for all of them at a time. What the register lacks is noted and
// lowers the score.
func (r *Resolver) descend(ctx context.Context, tx *op.Tx, all []asked) error {
	for _, level := range []struct {
		wants func(*asked, *Candidate) bool
		step  func(context.Context, *op.Tx, *asked, *Candidate) error
	}{
		{func(a *asked, c *Candidate) bool { return a.buildingOf(c) != "" }, r.toBuilding},
		{func(a *asked, c *Candidate) bool {
			return (a.Unit != "" || a.Room != "") && c.Level == Building && !slices.Contains(c.Missed, partBuilding)
		}, r.toUnit},
		{func(a *asked, c *Candidate) bool {
			return a.Room != "" && (c.Level == Building || c.Level == Unit) && !slices.Contains(c.Missed, partBuilding)
		}, r.toRoom},
	} {
		var ids []string
		for i := range all {
			for j := range all[i].found {
				if c := &all[i].found[j]; !all[i].settled && level.wants(&all[i], c) {
					ids = missingFrom(ids, r.children, string(c.PlaceID))
				}
			}
		}
		if err := r.fetchChildren(ctx, tx, unique(ids)); err != nil {
			return err
		}
		for i := range all {
			for j := range all[i].found {
				if c := &all[i].found[j]; !all[i].settled && level.wants(&all[i], c) {
					if err := level.step(ctx, tx, &all[i], c); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// fetchChildren loads what lies directly below places.
func (r *Resolver) fetchChildren(ctx context.Context, tx *op.Tx, ids []string) error {
	for _, id := range ids {
		r.children[id] = nil
	}
	// The parents are in the scope, and so is what lies below them.
	const q = `SELECT ` + entryColumns + `, p.parent_id FROM places p WHERE p.parent_id IN (%s) AND p.retired_on IS NULL`
	_, err := inBatches(ctx, tx, q, ids, func(s store.Scanner) (struct{}, error) {
		var e entry
		var parent string
		err := s.Scan(e.dst(&parent)...)
		r.children[parent] = append(r.children[parent], e)
		return struct{}{}, err
	})
	return err
}

// buildingOf is the building that the text names below a candidate: 8号楼, and the number
// in a lane, an estate or a village (博山路12弄3号, 彭浦新村398号).
func (a *asked) buildingOf(c *Candidate) string {
	if c.Level.Below(Compound) {
		return ""
	}
	if a.Building != "" || a.Number == "" || slices.Contains(c.Matched, partNumber) {
		return a.Building
	}
	if a.Lane != "" && slices.Contains(c.Matched, partLane) || a.Road == "" && (slices.Contains(c.Matched, partVillage) || slices.Contains(c.Matched, partName)) {
		return a.Number
	}
	return ""
}

func (r *Resolver) toBuilding(ctx context.Context, tx *op.Tx, a *asked, c *Candidate) error {
	number := a.buildingOf(c)
	names := buildingNames(number)
	var found []entry
	for _, e := range r.children[string(c.PlaceID)] {
		if e.level == Building && slices.Contains(names, strings.ToLower(e.name)) {
			found = append(found, e)
		}
	}
	if len(found) == 0 && c.Level != Compound {
		var err error
		if found, err = r.buildings(ctx, tx, c.path, number); err != nil {
			return err
		}
	}
	if len(found) != 1 {
		c.Score, c.Missed = min(c.Score, 0.6), append(c.Missed, partBuilding)
		return nil
	}
	c.move(found[0], partBuilding)
	c.Missed = slices.DeleteFunc(c.Missed, func(p string) bool { return p == partNumber })
	if c.Score < Sure && len(c.Missed) == 0 {
		c.Score = 0.95 // the number of the lane was missing above, and has been found as a building
	}
	return nil
}

func buildingNames(number string) []string {
	n := strings.ToLower(number)
	return []string{n, n + "号楼", n + "号", n + "栋", n + "幢", n + "座", n + "楼", "第" + n + "栋"}
}

// toUnit finds the stairwell. A register that does not go so deep answers with the
// building.
func (r *Resolver) toUnit(_ context.Context, _ *op.Tx, a *asked, c *Candidate) error {
	c.step(r.children[string(c.PlaceID)], Unit, a.Unit, partUnit)
	return nil
}

// toRoom finds the door: in the stairwell, else directly in the building or in the only
// stairwell that has the number.
func (r *Resolver) toRoom(ctx context.Context, tx *op.Tx, a *asked, c *Candidate) error {
	doors := r.children[string(c.PlaceID)]
	if c.Level == Building && !slices.Contains(c.Missed, partUnit) {
		var units []string
		for _, e := range doors {
			if e.level == Unit {
				units = missingFrom(units, r.children, string(e.id))
			}
		}
		if err := r.fetchChildren(ctx, tx, units); err != nil {
			return err
		}
		all := slices.Clone(doors)
		for _, e := range doors {
			all = append(all, r.children[string(e.id)]...)
		}
		doors = all
	}
	c.step(doors, Household, a.Room, partRoom)
	return nil
}

// step goes down to the child with the number, if there is exactly one.
func (c *Candidate) step(children []entry, level Level, number, part string) {
	if number == "" {
		return
	}
	deeper, hits, hit := 0, 0, entry{}
	for _, e := range children {
		if e.level == level {
			deeper++
			if sameNumber(e.name, number) {
				hits, hit = hits+1, e
			}
		}
	}
	switch {
	case hits == 1:
		c.move(hit, part)
	case deeper > 0:
		c.Score, c.Missed = min(c.Score, 0.85), append(c.Missed, part)
	default:
		c.Score, c.Missed = c.Score-0.02, append(c.Missed, part)
	}
}

func (c *Candidate) move(e entry, part string) {
	c.PlaceID, c.Name, c.Level, c.path = e.id, e.name, e.level, e.path
	if e.lon != nil {
		c.Lon, c.Lat = e.lon, e.lat
	}
	c.Matched = append(slices.Clone(c.Matched), part)
}

// buildings finds the buildings with a number anywhere below a place.
func (r *Resolver) buildings(ctx context.Context, tx *op.Tx, path, number string) ([]entry, error) {
	key := path + "\x00" + number
	if found, ok := r.below[key]; ok {
		return found, nil
	}
	names := buildingNames(number)
	args := []any{path, access.End(path)}
	where := tx.Scope().SQL("p.path", &args)
	for _, name := range names {
		args = append(args, name)
	}
	q := `SELECT ` + entryColumns + ` FROM places p WHERE p.level = 'building' AND p.level NOT IN ('unit', 'household') AND p.retired_on IS NULL AND p.path >= $1 AND p.path < $2 AND ` +
		where + ` AND lower(p.name) IN (` + list(len(args)-len(names), len(names)) + `) LIMIT 3`
	rows, err := tx.Query(ctx, q, args...)
	found, err := store.Collect(rows, err, func(s store.Scanner) (e entry, err error) { return e, s.Scan(e.dst()...) })
	if err == nil {
		r.below[key] = found
	}
	return found, err
}

// sameNumber compares "3单元" with "3", "0501室" with "501".
func sameNumber(name, number string) bool {
	trim := func(s string) string {
		s = strings.ToUpper(strings.TrimPrefix(s, "Entrance "))
		return strings.TrimLeft(strings.TrimRight(s, "单元室户号门"), "0")
	}
	return trim(name) == trim(number)
}

// reached tells how far the register follows the text, and why not to the end.
func (r *Resolver) reached(ctx context.Context, tx *op.Tx, a *asked, found []Candidate) (reached, reason string, err error) {
	if len(found) > 0 {
		best := found[0]
		reached = best.Matched[len(best.Matched)-1]
		switch {
		case slices.Contains(best.Missed, partDistrict):
			return reached, ReasonOutside, nil
		case slices.Contains(best.Missed, partBuilding):
			return reached, ReasonBuildUnknown, nil
		case slices.Contains(best.Missed, partGroup):
			return reached, ReasonGroupUnknown, nil
		case slices.Contains(best.Missed, partUnit), slices.Contains(best.Missed, partRoom):
			return reached, ReasonRoomUnknown, nil
		case slices.Contains(best.Missed, partVillage):
			return reached, ReasonOutside, nil
		case slices.Contains(best.Missed, partName):
			return reached, ReasonNameUnknown, nil
		case slices.Contains(best.Missed, partNumber):
			return reached, ReasonNumberUnknown, nil
		}
		if len(found) > 1 {
			return reached, ReasonSeveral, nil
		}
		return reached, ReasonNumberUnknown, nil
	}
	switch {
	case a.Road == "" && a.Village == "" && a.Name == "" && len(a.Groups) == 0:
		return "", ReasonNotUnderstood, nil
	case a.Road != "":
		return r.roadReached(ctx, tx, a)
	case a.Village != "":
		return "", ReasonVillageUnknown, nil
	}
	return "", ReasonNameUnknown, nil
}

func (r *Resolver) roadReached(ctx context.Context, tx *op.Tx, a *asked) (reached, reason string, err error) {
	known, err := r.knowsRoad(ctx, tx, a.Road)
	if err != nil {
		return "", "", err
	}
	if a.Cross != "" && known {
		if known, err = r.knowsRoad(ctx, tx, a.Cross); err != nil {
			return "", "", err
		}
		if known {
			return partRoad, ReasonCrossing, nil
		}
	}
	switch {
	case !known:
		return "", ReasonRoadUnknown, nil
	case a.Lane != "":
		return partRoad, ReasonLaneUnknown, nil
	case a.Number != "":
		return partRoad, ReasonNumberUnknown, nil
	}
	return partRoad, ReasonNoNumber, nil
}

// knowsRoad also takes a road as known when a place is called after a number in it.
func (r *Resolver) knowsRoad(ctx context.Context, tx *op.Tx, road string) (bool, error) {
	key := roadKey(road)
	if r.roads[key] {
		return true, nil
	}
	found, err := r.beginning(ctx, tx, road)
	for _, e := range found {
		rest := []rune(strings.TrimPrefix(e.name, road))
		if strings.HasPrefix(e.name, road) && len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9' {
			r.roads[key] = true
			return true, nil
		}
	}
	return false, err
}

// beginning lists places whose names begin with the text.
func (r *Resolver) beginning(ctx context.Context, tx *op.Tx, text string) ([]entry, error) {
	from := strings.ToLower(text)
	key := "\x01" + from
	if found, ok := r.below[key]; ok {
		return found, nil
	}
	args := []any{from, from + "\U0010FFFF"}
	where := `lower(p.name) >= $1 AND lower(p.name) < $2 AND p.level NOT IN ('unit', 'household') AND p.retired_on IS NULL AND ` + tx.Scope().SQL("p.path", &args)
	if r.within != "" {
		args = append(args, r.within, access.End(r.within))
		where += fmt.Sprintf(` AND p.path >= $%d AND p.path < $%d`, len(args)-1, len(args))
	}
	rows, err := tx.Query(ctx, `SELECT `+entryColumns+` FROM places p WHERE `+where+` ORDER BY lower(p.name), p.path LIMIT 60`, args...)
	found, err := store.Collect(rows, err, func(s store.Scanner) (e entry, err error) { return e, s.Scan(e.dst()...) })
	if err == nil {
		r.below[key] = found
	}
	return found, err
}

// suggest offers places that are spelt alike when nothing fits: the same road at other
// numbers, names that differ in one character.
func (r *Resolver) suggest(ctx context.Context, tx *op.Tx, a *asked, out *Resolved) error {
	name, part := a.Name, partName
	switch {
	case a.Road != "":
		name, part = a.Road, partRoad
	case a.Village != "":
		name, part = a.Village, partVillage
	}
	runes := []rune(name)
	if len(runes) < 2 {
		return nil
	}
	begin := name
	if part != partRoad {
		begin = string(runes[:2])
	}
	found, err := r.beginning(ctx, tx, begin)
	if err != nil {
		return err
	}
	var near []Candidate
	for _, e := range found {
		c := e.candidate(0.3, part)
		if part == partRoad {
			n, err := strconv.Atoi(numberIn(strings.TrimPrefix(e.name, name)))
			want, err2 := strconv.Atoi(a.Lane + a.Number)
			if err != nil || err2 != nil {
				continue
			}
			c.Score = 0.3 / (1 + float64(max(n-want, want-n))/50)
			c.Missed = []string{partNumber}
		} else if editDistance([]rune(bare(e.name)), []rune(bare(name))) > 1 {
			continue
		}
		near = append(near, c)
	}
	out.Candidates = ranked(a, near)
	return nil
}

func numberIn(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(s)
	}
	return s[:end]
}

// editDistance counts the characters to be changed, added or left out.
func editDistance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		last := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			last, row[j] = row[j], min(row[j]+1, row[j-1]+1, last+cost)
		}
	}
	return row[len(b)]
}

// trails fills in where the candidates of unresolved addresses lie.
func (r *Resolver) trails(ctx context.Context, tx *op.Tx, all []Resolved) error {
	var paths []string
	for _, x := range all {
		if x.PlaceID == "" {
			for _, c := range x.Candidates {
				paths = append(paths, c.path)
			}
		}
	}
	if len(paths) == 0 {
		return nil
	}
	trails, err := Trails(ctx, tx, unique(paths))
	if err != nil {
		return fmt.Errorf("name where candidates lie: %w", err)
	}
	for i := range all {
		for j := range all[i].Candidates {
			c := &all[i].Candidates[j]
			c.Trail = trails[c.path].Above().String()
		}
	}
	return nil
}

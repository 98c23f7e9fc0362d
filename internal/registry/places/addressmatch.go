package places

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// MatchState is how far the matter of an address text has come.
//
//	open ──choose──▶ resolved      open ──later──▶ later ──▶ (as open)
//	  └──no such place──▶ no_such_place     any ──reopen──▶ open
type MatchState string

// The states of a match.
const (
	MatchOpen     MatchState = "open"
	MatchResolved MatchState = "resolved"
	MatchNone     MatchState = "no_such_place"
	MatchLater    MatchState = "later"
)

// Match is an address text that was to be resolved. No text here is about a person.
type Match struct {
	ID         string      `json:"id" audit:"-"`
	Source     string      `json:"source" audit:"public"`
	ExternalID string      `json:"external_id" audit:"public"`
	OnDay      store.Day   `json:"on_day" audit:"public"`
	Text       string      `json:"text" audit:"public"`
	District   string      `json:"district" audit:"public"`
	Note       string      `json:"note" audit:"public"`
	WithinID   ref.Place   `json:"within_id" audit:"public"`
	State      MatchState  `json:"state" audit:"public"`
	Confidence float64     `json:"confidence" audit:"public"`
	Reason     string      `json:"reason" audit:"public"`  // a code; "" when it resolved by itself
	Reached    string      `json:"reached" audit:"public"` // the last part of the text that the register knows
	Candidates []Candidate `json:"candidates" audit:"-"`
	PlaceID    ref.Place   `json:"place_id" audit:"public"`
	PlaceName  string      `json:"place_name" audit:"-"`
	PlaceTrail string      `json:"place_trail" audit:"-"`
	ByName     string      `json:"by_name" audit:"-"` // who decided; "" when it resolved by itself
	At         int64       `json:"at" audit:"-"`      // when, µs UTC; 0 while it is open
	Version    int64       `json:"version" audit:"-"`

	key, withinPath, byID, placePath string
}

// Ref is the general form of the id.
func (m Match) Ref() ref.Ref { return ref.Ref{Kind: "address_match", ID: m.ID} }

const matchSelect = `SELECT m.id, m.source, m.external_id, m.on_day, m.text, m.key, m.district, m.note, m.within_id, m.within_path, m.state, m.confidence,
	m.reason, m.reached, m.candidates, m.place_id, p.name, p.path, m.by_id, m.by_name, m.at, m.version
	FROM address_matches m LEFT JOIN places p ON p.id = m.place_id`

func scanMatch(r store.Scanner) (Match, error) {
	var m Match
	var candidates string
	var at *int64
	err := r.Scan(&m.ID, &m.Source, &m.ExternalID, store.Optional(&m.OnDay), &m.Text, &m.key, &m.District, &m.Note, store.Optional(&m.WithinID), &m.withinPath,
		&m.State, &m.Confidence, &m.Reason, &m.Reached, &candidates, store.Optional(&m.PlaceID), store.Optional(&m.PlaceName), store.Optional(&m.placePath),
		&m.byID, &m.ByName, &at, &m.Version)
	if at != nil {
		m.At = *at
	}
	if err == nil {
		err = json.Unmarshal([]byte(candidates), &m.Candidates)
	}
	return m, err
}

var matchColumns = []string{"id", "source", "external_id", "on_day", "text", "key", "district", "note", "within_id", "within_path", "state", "confidence", "reason",
	"reached", "candidates", "place_id", "by_id", "by_name", "at", "version", "created_at", "updated_at"}

func (m Match) values(now store.Instant) ([]any, error) {
	candidates, err := json.Marshal(m.Candidates)
	return []any{m.ID, m.Source, m.ExternalID, store.OrNull(m.OnDay), m.Text, m.key, m.District, m.Note, store.OrNull(m.WithinID), m.withinPath, string(m.State),
		m.Confidence, m.Reason, m.Reached, string(candidates), store.OrNull(m.PlaceID), m.byID, m.ByName, nullInstant(m.At), m.Version, int64(now), int64(now)}, err
}

func nullInstant(at int64) any {
	if at == 0 {
		return nil
	}
	return at
}

// apply takes over what resolving found.
func (m *Match) apply(r Resolved, now store.Instant) {
	m.Confidence, m.Reason, m.Reached, m.Candidates = r.Confidence, r.Reason, r.Reached, r.Candidates
	m.State, m.PlaceID, m.At = MatchOpen, "", 0
	if r.PlaceID != "" {
		m.State, m.PlaceID, m.At, m.Candidates = MatchResolved, r.PlaceID, int64(now), []Candidate{}
	}
}

// MatchFilter narrows a list of matches.
type MatchFilter struct {
	State  MatchState // "" is all
	Reason string     // "" is all
	Place  ref.Place  // only texts that were looked up at or below it; "" is the whole scope
	Query  string     // part of the text
	Cursor string
	Limit  int // 0 means 50; at most 500
}

// MatchPage is one page of matches, in the order in which they came.
type MatchPage struct {
	Items      []Match
	Total      int64
	NextCursor string
	// Reasons counts the matches of the same filter by reason, whatever the reason chosen.
	Reasons map[string]int64
	// States counts all in reach by state.
	States map[MatchState]int64
}

func (f MatchFilter) where(ctx context.Context, tx *op.Tx, withReason, withState bool) (string, []any, error) {
	var args []any
	where := tx.Scope().SQL("m.within_path", &args)
	add := func(format string, values ...any) {
		marks := make([]any, len(values))
		for i, v := range values {
			args = append(args, v)
			marks[i] = len(args)
		}
		where += " AND " + fmt.Sprintf(format, marks...)
	}
	if f.Place != "" {
		p, err := Load(ctx, tx, f.Place)
		if err != nil {
			return "", nil, err
		}
		add("m.within_path >= $%d AND m.within_path < $%d", p.Path, access.End(p.Path))
	}
	if withState && f.State != "" {
		add("m.state = $%d", string(f.State))
	}
	if withReason && f.Reason != "" {
		add("m.reason = $%d", f.Reason)
	}
	if q := strings.TrimSpace(f.Query); q != "" {
		add(`lower(m.text) LIKE lower($%d) ESCAPE '\'`, "%"+escapeLike(q)+"%")
	}
	return where, args, nil
}

// Matches lists matches.
func Matches(ctx context.Context, tx *op.Tx, f MatchFilter) (MatchPage, error) {
	out := MatchPage{Items: []Match{}, Reasons: map[string]int64{}, States: map[MatchState]int64{}}
	where, args, err := f.where(ctx, tx, true, true)
	if err != nil {
		return out, err
	}
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM address_matches m WHERE `+where, args...).Scan(&out.Total); err != nil {
		return out, err
	}
	limit := pageSize(f.Limit)
	args = append(args, f.Cursor, limit+1)
	q := matchSelect + ` WHERE ` + where + fmt.Sprintf(` AND m.id > $%d ORDER BY m.id LIMIT $%d`, len(args)-1, len(args))
	rows, err := tx.Query(ctx, q, args...)
	if out.Items, err = store.Collect(rows, err, scanMatch); err != nil {
		return out, err
	}
	if len(out.Items) > limit {
		out.Items = out.Items[:limit]
		out.NextCursor = out.Items[limit-1].ID
	}
	if err := f.tally(ctx, tx, &out); err != nil {
		return out, err
	}
	return out, nameMatches(ctx, tx, out.Items)
}

func (f MatchFilter) tally(ctx context.Context, tx *op.Tx, out *MatchPage) error {
	where, args, err := f.where(ctx, tx, false, true)
	if err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `SELECT m.reason, count(*) FROM address_matches m WHERE `+where+` GROUP BY m.reason`, args...)
	if _, err = store.Collect(rows, err, func(r store.Scanner) (struct{}, error) {
		var code string
		var n int64
		err := r.Scan(&code, &n)
		out.Reasons[code] = n
		return struct{}{}, err
	}); err != nil {
		return err
	}
	if where, args, err = f.where(ctx, tx, false, false); err != nil {
		return err
	}
	rows, err = tx.Query(ctx, `SELECT m.state, count(*) FROM address_matches m WHERE `+where+` GROUP BY m.state`, args...)
	_, err = store.Collect(rows, err, func(r store.Scanner) (struct{}, error) {
		var s MatchState
		var n int64
		err := r.Scan(&s, &n)
		out.States[s] = n
		return struct{}{}, err
	})
	return err
}

func nameMatches(ctx context.Context, tx *op.Tx, all []Match) error {
	var paths []string
	for _, m := range all {
		if m.placePath != "" {
			paths = append(paths, m.placePath)
		}
	}
	trails, err := Trails(ctx, tx, unique(paths))
	for i := range all {
		all[i].PlaceTrail = trails[all[i].placePath].Above().String()
	}
	return err
}

// LoadMatch returns one match in the caller's scope.
func LoadMatch(ctx context.Context, tx *op.Tx, id string) (Match, error) {
	m, err := scanMatch(tx.QueryRow(ctx, matchSelect+` WHERE m.id = $1`, id))
	if fault.KindOf(err) == fault.NotFound || err == nil && !tx.Scope().Contains(m.withinPath) {
		return Match{}, fault.NotFoundf("addresses.not_found", "there is no such address text")
	}
	if err != nil {
		return m, err
	}
	one := []Match{m}
	err = nameMatches(ctx, tx, one)
	return one[0], err
}

// reasonTexts say in words why an address is not resolved.
var reasonTexts = map[string]importer.Text{
	ReasonNotUnderstood: {Zh: "看不懂", En: "text not understood"}, ReasonRoadUnknown: {Zh: "道路不在登记册中", En: "road unknown"},
	ReasonLaneUnknown: {Zh: "有这条路，没有这条弄", En: "road known, lane unknown"}, ReasonNumberUnknown: {Zh: "有这条路，没有这个号", En: "road known, number unknown"},
	ReasonNoNumber: {Zh: "只有路名，没有门牌", En: "a road without a number"}, ReasonVillageUnknown: {Zh: "村或新村不在登记册中", En: "village unknown"},
	ReasonGroupUnknown: {Zh: "有这个村，没有这个宅或队", En: "village known, house group unknown"}, ReasonNameUnknown: {Zh: "没有这个名称的地点", En: "no place of this name"},
	ReasonBuildUnknown: {Zh: "有这个小区，没有这栋楼", En: "estate known, building unknown"}, ReasonRoomUnknown: {Zh: "有这栋楼，没有这个单元或室", En: "building known, stairwell or door unknown"},
	ReasonSeveral: {Zh: "有几个地点符合", En: "several places fit"}, ReasonOutside: {Zh: "不在所写的区内", En: "outside the district said"},
	ReasonCrossing: {Zh: "两条路的路口，不是一个地点", En: "a crossing of two roads, not a place"}, ReasonNear: {Zh: "只说在附近", En: "the text only says near"},
}

// ReasonText is a reason in words.
func ReasonText(code string) importer.Text { return reasonTexts[code] }

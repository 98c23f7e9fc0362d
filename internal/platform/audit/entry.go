package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/allclear/allclear/internal/platform/store"
)

// The outcomes of an operation.
const (
	Done    = "done"
	Refused = "refused"
)

// Change is what happened to one record, or to many of one kind.
type Change struct {
	Ref    string         `json:"ref"`
	Kind   string         `json:"kind"` // created, updated, deleted, read, batch
	Fields map[string]any `json:"fields,omitempty"`
	Count  int            `json:"count,omitempty"`
	Digest string         `json:"digest,omitempty"`
}

// Entry is one operation in the trail.
type Entry struct {
	Seq       int64         `json:"seq"`
	At        store.Instant `json:"at"`
	Operation string        `json:"operation"`
	Outcome   string        `json:"outcome"`
	ActorID   string        `json:"actor_id"`
	ActorName string        `json:"actor_name"`
	PlacePath string        `json:"place_path"`
	Reason    string        `json:"reason"`
	RequestID string        `json:"request_id"`
	Changes   []Change      `json:"changes"`
	PrevHash  string        `json:"prev_hash"`
	Hash      string        `json:"hash"`

	changesText string // exactly what is stored and hashed
}

// seal fills in the texts and hashes from the entry before.
func (e *Entry) seal(prevHash string) error {
	if e.Changes == nil {
		e.Changes = []Change{}
	}
	text, err := json.Marshal(e.Changes)
	if err != nil {
		return fmt.Errorf("write an audit entry: %w", err)
	}
	e.changesText, e.PrevHash = string(text), prevHash
	e.Hash = digest(e.leaf())
	return nil
}

// leaf is the text that is hashed, the same for the chain and for the Merkle tree:
// each part with its length in bytes before it, so that nothing can be moved from one
// part to the next.
func (e *Entry) leaf() []byte { return e.appendLeaf(nil) }

func (e *Entry) appendLeaf(b []byte) []byte {
	b = append(b, "allclear audit v1\n"...)
	b = strconv.AppendInt(b, e.Seq, 10)
	b = append(b, '\n')
	b = strconv.AppendInt(b, int64(e.At), 10)
	for _, part := range [...]string{e.Operation, e.Outcome, e.ActorID, e.ActorName, e.PlacePath, e.Reason, e.RequestID, e.changesText, e.PrevHash} {
		b = append(b, '\n')
		b = strconv.AppendInt(b, int64(len(part)), 10)
		b = append(b, ' ')
		b = append(b, part...)
	}
	return b
}

func digest(leaf []byte) string {
	sum := sha256.Sum256(leaf)
	return hex.EncodeToString(sum[:])
}

const entryColumns = `seq, at, operation, outcome, actor_id, actor_name, place_path, reason, request_id, changes, prev_hash, hash`

// scan reads the columns, without reading the changes out of their text.
func (e *Entry) scan(r store.Scanner) error {
	return r.Scan(&e.Seq, &e.At, &e.Operation, &e.Outcome, &e.ActorID, &e.ActorName, &e.PlacePath,
		&e.Reason, &e.RequestID, &e.changesText, &e.PrevHash, &e.Hash)
}

func scanEntry(r store.Scanner) (Entry, error) {
	var e Entry
	if err := e.scan(r); err != nil {
		return e, err
	}
	// A damaged text is for Verify to report, not for the reader to fail on.
	if json.Unmarshal([]byte(e.changesText), &e.Changes) != nil {
		e.Changes = []Change{}
	}
	return e, nil
}

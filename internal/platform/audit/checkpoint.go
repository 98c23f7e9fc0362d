package audit

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
)

// Witness signs checkpoints and keeps them in a directory outside the database.
type Witness struct {
	dir       string
	signer    note.Signer
	verifiers note.Verifiers
	clock     clock.Clock
}

// Checkpoint is the state of the whole trail at one moment.
type Checkpoint struct {
	Size     int64         `json:"size"`
	Root     string        `json:"root"`
	SignedAt store.Instant `json:"signed_at"`
	Note     string        `json:"note"`
}

const (
	keyFileName  = "signing.key"
	pubFileName  = "verifier.pub"
	logFileName  = "checkpoints.jsonl"
	witnessLabel = "allclear-audit"
)

// OpenWitness loads the signing key in dir, or makes one on a new installation.
func OpenWitness(dir string, c clock.Clock) (*Witness, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the directory of checkpoints: %w", err)
	}
	secret, err := os.ReadFile(filepath.Join(dir, keyFileName))
	if errors.Is(err, fs.ErrNotExist) {
		secret, err = makeKey(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("read the signing key: %w", err)
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(secret)))
	if err != nil {
		return nil, fault.Unavailablef("audit.bad_key", "the signing key of the audit trail is damaged")
	}
	verifiers, err := loadVerifiers(filepath.Join(dir, pubFileName))
	if err != nil {
		return nil, err
	}
	return &Witness{dir: dir, signer: signer, verifiers: verifiers, clock: c}, nil
}

// loadVerifiers reads the public keys, one a line. There is more than one when the
// signing key was lost and another was made, as after a restore: checkpoints signed
// before stay provable.
func loadVerifiers(file string) (note.Verifiers, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the verifier keys: %w", err)
	}
	var all []note.Verifier
	for _, line := range strings.Fields(string(text)) {
		v, err := note.NewVerifier(line)
		if err != nil {
			return nil, fault.Unavailablef("audit.bad_key", "a verifier key of the audit trail is damaged")
		}
		all = append(all, v)
	}
	return note.VerifierList(all...), nil
}

// makeKey makes a signing key and adds its verifier to those of earlier keys.
func makeKey(dir string) ([]byte, error) {
	secret, public, err := note.GenerateKey(rand.Reader, witnessLabel)
	if err != nil {
		return nil, err
	}
	out, err := os.OpenFile(filepath.Join(dir, pubFileName), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	_, err = out.WriteString(public + "\n")
	if err := errors.Join(err, out.Close()); err != nil {
		return nil, err
	}
	return []byte(secret), os.WriteFile(filepath.Join(dir, keyFileName), []byte(secret+"\n"), 0o600)
}

// Sign makes a checkpoint of the trail as it stands and appends it to the file, unless
// the newest one there is of the same size.
func (w *Witness) Sign(ctx context.Context, db *store.DB) (Checkpoint, error) {
	var c Checkpoint
	err := db.Read(ctx, func(tx *store.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT seq FROM audit_head WHERE id = 1`).Scan(&c.Size); err != nil {
			return err
		}
		stored, err := loadEdge(ctx, tx, maxLevel)
		if err != nil {
			return err
		}
		t := tree{edge: stored, size: c.Size}
		if !t.whole() {
			return fault.Conflictf("audit.damaged", "the Merkle tree of the audit trail is damaged; verify the trail")
		}
		root, err := t.root()
		c.Root = root.String()
		return err
	})
	if err != nil {
		return c, fmt.Errorf("compute the root of the audit trail: %w", err)
	}
	if last, err := w.Last(); err != nil || (last != nil && last.Size == c.Size && last.Root == c.Root) {
		if last != nil {
			c = *last
		}
		return c, err
	}
	c.SignedAt = store.At(w.clock.Now())
	signed, err := note.Sign(&note.Note{Text: c.text()}, w.signer)
	if err != nil {
		return c, fmt.Errorf("sign the checkpoint: %w", err)
	}
	c.Note = string(signed)
	return c, w.keep(c)
}

func (w *Witness) keep(c Checkpoint) error {
	line, err := json.Marshal(c)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(w.dir, logFileName), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("keep the checkpoint: %w", err)
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("keep the checkpoint: %w", err)
	}
	return f.Sync()
}

// All returns the kept checkpoints whose signature holds, oldest first. A line that
// does not hold is an error: somebody changed the file.
func (w *Witness) All() ([]Checkpoint, error) {
	f, err := os.Open(filepath.Join(w.dir, logFileName))
	if errors.Is(err, fs.ErrNotExist) {
		return []Checkpoint{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the checkpoints: %w", err)
	}
	defer func() { _ = f.Close() }()
	var out []Checkpoint
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		var c Checkpoint
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil || !w.holds(c) {
			return nil, fault.Conflictf("audit.bad_checkpoint", "line %d of the file of checkpoints is damaged or not signed by this installation", n)
		}
		out = append(out, c)
	}
	return out, lines.Err()
}

// holds reports whether the note is signed by this installation and says what the checkpoint says.
func (w *Witness) holds(c Checkpoint) bool {
	n, err := note.Open([]byte(c.Note), w.verifiers)
	return err == nil && n.Text == c.text()
}

// text is what is signed.
func (c Checkpoint) text() string {
	return fmt.Sprintf("allclear audit trail\n%d\n%s\n%s\n", c.Size, c.Root, c.SignedAt.Time().Format("2006-01-02T15:04:05Z"))
}

// Last returns the newest checkpoint, or nil when there is none yet.
func (w *Witness) Last() (*Checkpoint, error) {
	all, err := w.All()
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[len(all)-1], nil
}

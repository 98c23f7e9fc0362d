package disclosure

import (
	"sync"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
)

// The operations of this package.
var (
	ViewAlerts   = op.Define("disclosure.alert.view", op.View)
	SettleAlert  = op.Define("disclosure.alert.settle", op.Change)
	ViewOwn      = op.Define("disclosure.quota.view", op.View)
	ExtendQuota  = op.Define("disclosure.quota.extend", op.Change)
	ViewWatched  = op.Define("disclosure.watched.view", op.View)
	WatchPerson  = op.Define("disclosure.watched.add", op.Change)
	UnwatchOne   = op.Define("disclosure.watched.remove", op.Change)
	WhoSaw       = op.Define("disclosure.person.view", op.File)
	ViewRegister = op.Define("disclosure.register.view", op.View)

	ViewExports   = op.Define("disclosure.export.view", op.View)
	RequestExport = op.Define("disclosure.export.request", op.Change)
	DecideExport  = op.Define("disclosure.export.decide", op.Change)
	FetchExport   = op.Define("disclosure.export.fetch", op.File)
	RecordFetch   = op.Define("disclosure.export.record", op.Change)

	ViewKeys   = op.Define("vault.key.view", op.View)
	RotateKey  = op.Define("vault.key.rotate", op.Change)
	RetireKeys = op.Define("vault.key.retire", op.Change)
)

// Service watches. It is safe for concurrent use.
type Service struct {
	door  *op.Door
	vault *vault.Vault
	rules Rules
	tell  func() // open browsers, that alerts changed

	mu     sync.Mutex
	shown  map[string]*tally // rows shown and not written yet, by user
	forget store.Instant     // when old looks were last deleted
}

// New returns the service; door.Watch must be set to it. tell is called after an alert
// was raised or settled.
func New(door *op.Door, v *vault.Vault, r Rules, tell func()) *Service {
	return &Service{door: door, vault: v, rules: r, tell: tell, shown: map[string]*tally{}}
}

// Rules are the bounds in force.
func (s *Service) Rules() Rules { return s.rules }

var _ op.Watcher = (*Service)(nil)

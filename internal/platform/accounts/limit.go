package accounts

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
)

// window is the time over which tries are counted.
const window = 15 * time.Minute

// The limits of wrong tries within the window.
const (
	// triesHere holds for one account from one address. At this many the counter waits
	// until the window has passed since the last counted try, so that no 15 minutes
	// ever see more (ASVS 6.3.1; 10 is stricter than the 100 an hour of NIST SP 800-63B).
	triesHere = 10
	// triesWide holds for one account from all addresses, and for one address on all
	// accounts. An account that has signed in from this address lately has ten times as
	// much, so that neither a flood from elsewhere nor a colleague's mistakes behind the
	// same address keep it out.
	triesWide = 100
	// knownFor is how long an address stays known after a session began there.
	knownFor = 30 * 24 * time.Hour
)

// counter is one count of tries.
type counter struct {
	bucket string
	max    int64
	slides bool // the window begins anew with each try
}

// attempt is one try, counted before the work is done, so that parallel tries cannot
// slip through.
type attempt struct {
	counters []counter
	address  string // keyed hash, for the trail
}

// reserve counts a try against what (sign-in, code) for an account name from an
// address. It refuses without counting when a limit is reached: tries that wait do not
// prolong the wait.
func (s *Service) reserve(ctx context.Context, what, username, ip string) (attempt, error) {
	now := s.now()
	a := attempt{address: "address:" + s.vault.Hash(tryClass, "address\x00"+network(ip))}
	err := s.door.DB.Write(ctx, func(tx *store.Tx) error {
		known, err := knownHere(ctx, tx, username, ip, before(now, knownFor))
		if err != nil {
			return err
		}
		wide := int64(triesWide)
		if known {
			wide *= 10
		}
		a.counters = []counter{
			{s.vault.Hash(tryClass, what+"\x00here\x00"+username+"\x00"+network(ip)), triesHere, true},
			{s.vault.Hash(tryClass, what+"\x00account\x00"+username), wide, false},
			{s.vault.Hash(tryClass, what+"\x00address\x00"+network(ip)), wide, false},
		}
		// One order for all writers, or two would wait for each other.
		ordered := slices.SortedFunc(slices.Values(a.counters), func(x, y counter) int {
			if x.bucket < y.bucket {
				return -1
			}
			return 1
		})
		for _, c := range ordered {
			if err := c.add(ctx, tx.Technical(), now); err != nil {
				return err
			}
		}
		return nil
	})
	return a, err
}

func (c counter) add(ctx context.Context, tx *store.Tx, now store.Instant) error {
	const q = `
		INSERT INTO signin_failures (bucket, failures, window_at)
		VALUES ($1, 1, $2)
		ON CONFLICT (bucket) DO UPDATE SET
			failures  = CASE WHEN signin_failures.window_at <= $3 THEN 1 ELSE signin_failures.failures + 1 END,
			window_at = CASE WHEN signin_failures.window_at <= $3 OR signin_failures.failures < $4
			                 THEN excluded.window_at ELSE signin_failures.window_at END
		RETURNING failures, window_at`
	slideBelow := int64(0)
	if c.slides {
		slideBelow = c.max
	}
	var failures int64
	var from store.Instant
	if err := tx.QueryRow(ctx, q, c.bucket, now, before(now, window), slideBelow).Scan(&failures, &from); err != nil {
		return err
	}
	if failures <= c.max {
		return nil
	}
	wait := time.Duration(after(from, window)-now) * time.Microsecond
	return fault.TooManyf(max(1, int((wait+time.Second-1)/time.Second)), "session.too_many_tries", "too many tries; wait before the next")
}

// refund takes a try back that was not a wrong one.
func (a attempt) refund(ctx context.Context, tx *store.Tx) error {
	for _, c := range a.counters {
		const q = `UPDATE signin_failures SET failures = failures - 1 WHERE bucket = $1 AND failures > 0`
		if _, err := tx.Technical().Exec(ctx, q, c.bucket); err != nil {
			return err
		}
	}
	return nil
}

// succeed takes the try back and forgets the wrong ones of this account from this address.
func (a attempt) succeed(ctx context.Context, tx *store.Tx) error {
	if err := a.refund(ctx, tx); err != nil {
		return err
	}
	_, err := tx.Technical().Exec(ctx, `DELETE FROM signin_failures WHERE bucket = $1`, a.counters[0].bucket)
	return err
}

func knownHere(ctx context.Context, tx *store.Tx, username, ip string, since store.Instant) (bool, error) {
	const q = `
		SELECT count(*)
		FROM   sessions s
		JOIN   users u ON u.id = s.user_id
		WHERE  lower(u.username) = $1 AND s.ip = $2 AND s.created_at > $3`
	var n int
	err := tx.QueryRow(ctx, q, username, ip, since).Scan(&n)
	return n > 0, err
}

// network is what one attacker holds: an IPv4 address, or an IPv6 network of 64 bits,
// the least that a provider gives to one customer.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a.String()
	}
	return p.String()
}

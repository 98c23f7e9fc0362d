package jobs

import "time"

// Backoff is backoff, for tests.
func Backoff(attempt int) time.Duration { return backoff(attempt) }

// StopLooking makes the runner begin nothing more; what runs goes on.
func (r *Runner) StopLooking() { r.stopLooking() }

package app

import (
	"fmt"
	"time"
)

// meter tells somebody who waits how far a load has come.
type meter struct {
	say         func(string)
	what        string
	total, done int
	began, said time.Time
}

// sayEvery is how often the meter speaks.
const sayEvery = 5 * time.Second

func newMeter(say func(string), what string, total int) *meter {
	now := time.Now()
	return &meter{say: say, what: what, total: total, began: now, said: now}
}

// add counts n more rows, and speaks if it has been silent for a while.
func (m *meter) add(n int) {
	m.done += n
	now := time.Now()
	if now.Sub(m.said) < sayEvery {
		return
	}
	m.said = now
	rate := float64(m.done) / now.Sub(m.began).Seconds()
	left := time.Duration(float64(m.total-m.done) / rate * float64(time.Second)).Round(time.Second)
	m.say(fmt.Sprintf("  %s %d / %d · %.0f/s · %s left 剩余", m.what, m.done, m.total, rate, left))
}

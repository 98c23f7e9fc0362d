// Package jobs does later what need not be done before somebody is told "done".
//
// Words. A job is a row, written in the transaction of the deed it follows from: both
// happen or neither does. A worker is the function that does jobs of one kind. A
// runner, one in each process, hands due jobs to workers. A lease is how long a job
// belongs to a runner that says nothing; a living runner renews it.
//
//	waiting ──claim──▶ running ──▶ done
//	   ▲                 │  └────▶ failed        tries used up, or Permanent
//	   └──error, stop────┘  └──lease ends──▶ running again elsewhere
//
// Invariants.
//   - A job runs at least once and, as long as processes live and clocks differ by less
//     than the lease, by one worker at a time. It may run again after a crash, so
//     workers do their work so that twice is as good as once, and keep their progress
//     in their own tables.
//   - A failing job waits longer each time; one that kills its process does not do so
//     for ever.
//   - Of jobs of one kind with one unique key, at most one is waiting or running.
//   - Arguments hold refs and no personal data.
//
// Why this is our own table: docs/decisions/0002-jobs.md.
package jobs

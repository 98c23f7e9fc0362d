// Package cases is the case registry (missions E1 and E2): every infection and every
// suspicion of one, how it is classified, how it was found, and the daily totals of
// areas that report no list.
//
// Words. A case is one illness or infection of one person in one incident. Its
// classification is what it is held to be now; the history keeps each one it has had:
//
//	suspected ─┬─► confirmed ◄──────── reclassified ────── asymptomatic
//	probable ──┤        │                                        │
//	screening ─┘        └──────────► excluded ◄──────────────────┘
//
// Every other change is allowed too, as a correction with a reason. The day of counting
// is the day on which a case enters the bulletin. A count is the daily total that an
// area reports in place of a list.
//
// Invariants.
//   - What a case counts as, and when, is computed by one pure function (derive) from
//     its history, its dates and the pack's classes. It is never typed in.
//   - Each infection counts once: infections = confirmed − reclassified + asymptomatic
//     (protocol.md 1.3), day by day and in total.
//   - The cases counted as confirmed or reclassified are exactly those that are
//     confirmed now: a correction corrects the past, too.
//   - A case without any date counts nowhere and is listed as incomplete.
//   - Names, phones, numbers and addresses are kept with the person, sealed; exposure
//     and extra columns are sealed here. None of them is in an error or in the trail.
//   - A case out of the caller's places is not found.
//
// Days are calendar days in the incident's time zone.
package cases

// Package epidemic runs an outbreak through the people of a city: who meets
// whom, who infects whom, and what the response finds of it.
//
// # Words
//
//   - Person: an index into [Population]. Group: the people who share a
//     household, a school class, a workplace team or a venue.
//   - Layer: the kind of setting in which an infection happens.
//   - Outbreak day: day 1 is the first day of the response; the hidden days
//     before it are 0, -1 and so on. Every Day of a [Result] and every day of a
//     [Measure] is an outbreak day.
//   - Found: sampled with a positive result and reported. Found in the community
//     or under control has the meaning of the bulletins (社会面 / 管控中).
//   - Load: how infectious one person is, relative to the mean.
//
// # States
//
//	susceptible → exposed → infectious (presymptomatic, asymptomatic, symptomatic) → removed
//	                  └──────────── found → isolated ────────────┘
//
// # How it is computed
//
// A day touches infected people alone. For each, the number of transmissions in
// a layer is a Poisson draw from load × profile × rate × measures, each to a
// random member of the shared group, and comes about if that person is
// susceptible, is met there in spite of the measures, and takes the infection.
// Thinning a Poisson process this way is exact, so that the cost follows the
// infections and not the people, also when half of the city is infected.
//
// # Invariants
//
//   - The same population, scenario and seed give the same result on every
//     machine and with any number of threads: all arithmetic that shapes it is on
//     integers; each draw is a hash of seed, person, day and purpose, so the order
//     of work does not matter; where two infect the same person on a day, the one
//     infected earlier in the list is the source.
//   - Susceptible + exposed + infectious + removed is the population, every day.
//   - Every infection but the seeds has a source that was infectious on that day
//     and shares the setting.
//   - The package reads no clock, file or network.
//
// It is a rehearsal tool, not a forecast: docs/develop/epidemic.md says what it
// must not be used for.
package epidemic

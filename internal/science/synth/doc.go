// Package synth builds a city that does not exist and an outbreak that never
// happened, for demonstrations, load tests and rehearsals.
//
// The city is 松川市 (Songchuan): every place, person and event in it is
// invented. It has the shape of the reference operation: six urban districts
// (four administrative districts and two development zones), five outer
// counties, and 37 days from the first case to community zero.
//
// # Words
//
//   - Place: a node of the tree city → district → street → community →
//     compound → building → unit → household. Counties stand at the level
//     district, their towns at the level street.
//   - Day: a calendar day in the city's own time zone. "Day 1" of the outbreak
//     is [Options.Start].
//   - Compound: a housing estate, or collective quarters (university, dormitory,
//     nursing home, hotel). Facilities (schools, workplaces, markets, hospitals …)
//     stand at the same level below their community and hold nobody; see
//     [Place.Kind].
//   - Double: a second record of somebody, with a typing error; see [Double].
//   - Community infection: found neither in a lockdown zone nor among people
//     already under control; see [Case.Community].
//
// # Invariants
//
//   - The same [Options] give the same result on every machine and with every
//     Go release. All arithmetic that shapes the result is on integers
//     (centimetres, per-mille weights); the only floating-point operation is
//     the final division of a coordinate by 10⁷; randomness is PCG alone.
//   - Places are in depth-first order, so parents stand before children and
//     every subtree is a contiguous run of [City.Places]. People are grouped by
//     household in the same order.
//   - A child's polygon lies within its parent's; siblings do not overlap.
//   - No person can be a real one: phone numbers begin with 000, which no
//     Chinese number does, and identity numbers carry area codes beginning with
//     99, which GB/T 2260 does not assign. Check digits follow GB 11643. Number
//     plates begin with 松, the sign of no province, passports with XXX.
//   - Cumulative infections at the end of day 37 are the reference totals
//     (26,462 = 13,517 confirmed + 12,945 asymptomatic for 1.8 million people)
//     in proportion to the number of people.
//   - Three successive days without a community infection occur for the first
//     time on days 35 to 37; the first screening round with a coverage of at
//     least 99 % closes on day 38.
package synth

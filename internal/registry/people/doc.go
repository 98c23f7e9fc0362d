// Package people is the register of people: who lives, stays or works in the area, behind
// which door, with whom, and what care they need.
//
// Words. An identity is what says who somebody is: name, phone, number of a document,
// address. A person is registered when somebody entered them for their own sake, and
// admitted when they came with a case. The external key is the number under which another
// system knows the person. Masked values are for people who need to know that something
// is there, not what it is.
//
// A household is a door (a place of level household) with the people who live at it; what
// is known about it as a whole stands apart. A home is where somebody lives; when it
// changes, the earlier one is kept. A need is a kind of care from the special-care roster.
// A guardian answers for a minor. A doubt is something that an import took in and that
// somebody should look at. A key is a keyed hash in an index: of the beginning of a name,
// of how it is read, of the end of a phone. A search finds candidates by key within the
// caller's places, opens them, and keeps those that really fit. A reading is how a name is
// said; people with more than one have further rows of keys.
//
// Two records are about the same person when their document numbers are the same; else
// when their external keys are; else when their names are, their phones or days of birth
// are too, and nothing contradicts it. The name alone never suffices.
//
// A pair is two records that may be one person, with the reasons; somebody decides it. A
// sweep looks for pairs in the register, along keyed hashes. A merge makes one record of
// two: the winner stays, the loser is kept sealed, and what hung on the loser is moved and
// noted, so that the merge can be undone:
//
//	open ──► merged ──undo──► as before
//	  │ ▲──► later
//	  └────► different ──a new strong reason──► open, asked again
//
// Invariants.
//   - Names, phones, numbers, addresses and extra columns are sealed in the database and
//     never in an error, a log or the trail. A Person written as JSON is masked.
//   - A resident identity number has the right check character, and the sex and birthday
//     that are recorded beside it are the ones it states.
//   - No two people have the same document number or the same external key.
//   - A guardian is an adult, and nobody is their own guardian by way of others.
//   - Lists, counts and searches hold registered people only: who merely came with a case
//     would be named by it. What they filter by stands in one index (people_door), in the
//     order of the doors; a list's total is the count of the same filter.
//   - The needs of a person (people_care) also stand as bits in their traits; both are
//     written by the same functions.
//   - A pair stands once, and one held different is not asked about again without a new
//     strong reason. Two different valid resident identity numbers are never a pair.
//   - Whatever is merged and undone, nothing refers to nobody; once all is undone,
//     everything is as it was, but for what was edited since.
//   - Load applies the scope. The functions for cases do not: whoever may see a case may
//     see whom it is about, wherever that person lives; cases checks that first.
package people

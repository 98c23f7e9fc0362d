package synth

// sizeShare is a household size, its share in per mille and the make-up of
// such households. Members are written as letters: a adult of 25-59, y young
// person of 15-24, c child of 0-14, e elder of 60 and more.
type sizeShare struct {
	size, share int
	kinds       []kindShare
}

type kindShare struct {
	share   int
	members string
}

// householdSizes has the mean of 2.62 persons per family household, and
// householdKinds lead, together with the collective quarters, to the age
// structure (0-14: 17.95 %, 15-59: 63.35 %, 60 and over: 18.70 %) of the
// Seventh National Population Census of China, 2020: National Bureau of
// Statistics, communiqués no. 2 and no. 5 of 11 May 2021. The make-up of single
// households is our own assumption.
var householdSizes = []sizeShare{
	{1, 253, []kindShare{{55, "a"}, {34, "e"}, {11, "y"}}},
	{2, 295, []kindShare{{50, "aa"}, {25, "ee"}, {7, "ae"}, {8, "ac"}, {7, "ay"}, {3, "yy"}}},
	{3, 209, []kindShare{{60, "aac"}, {26, "aay"}, {11, "aae"}, {3, "aee"}}},
	{4, 132, []kindShare{{44, "aacc"}, {44, "aace"}, {8, "aaye"}, {4, "aayy"}}},
	{5, 62, []kindShare{{60, "aacce"}, {40, "aacee"}}},
	{6, 31, []kindShare{{60, "aaccee"}, {40, "aaacee"}}},
	{7, 18, []kindShare{{100, "aaaccee"}}},
}

// householdTable draws a size less one, kindTables the make-up of one.
var (
	householdTable = func() table {
		weights := make([]int, len(householdSizes))
		for i, s := range householdSizes {
			weights[i] = s.share
		}
		return newTable(weights)
	}()
	kindTables = func() []table {
		tables := make([]table, len(householdSizes))
		for i, s := range householdSizes {
			weights := make([]int, len(s.kinds))
			for j, k := range s.kinds {
				weights[j] = k.share
			}
			tables[i] = newTable(weights)
		}
		return tables
	}()
)

// Relations to the head of the household, as everywhere in the product.
const (
	relHead          = "head"
	relSpouse        = "spouse"
	relChild         = "child"
	relParent        = "parent"
	relGrandchild    = "grandchild"
	relSibling       = "sibling"
	relOtherRelative = "other_relative"
	relNotRelated    = "not_related"
)

// headElder is how many households per mille of three generations have a
// grandparent for their head.
const headElder = 300

// relations tells how the members of a family are related to its head.
func relations(members string, elder bool) []string {
	out := make([]string, len(members))
	head, seen := 0, map[byte]int{}
	if elder {
		for members[head] != 'e' {
			head++
		}
	}
	for i, role := range []byte(members) {
		seen[role]++
		switch {
		case i == head:
			out[i] = relHead
		case elder:
			out[i] = belowElder(role, seen[role])
		default:
			out[i] = besideAdult(members, role, seen[role])
		}
	}
	return out
}

// besideAdult is the relation of a member to the first, who is the head.
func besideAdult(members string, role byte, nth int) string {
	switch {
	case role == members[0] && nth == 2 && role == 'y':
		return relNotRelated // two young people who share a flat
	case role == members[0] && nth == 2:
		return relSpouse
	case role == 'a':
		return relSibling
	case role == 'e':
		return relParent
	}
	return relChild
}

// belowElder is the relation to a grandparent: the first adult is the child, the
// second its spouse, further ones are children too.
func belowElder(role byte, nth int) string {
	switch {
	case role == 'e':
		return relSpouse
	case role == 'a' && nth == 2:
		return relOtherRelative
	case role == 'a':
		return relChild
	}
	return relGrandchild
}

package people

// Category says in what capacity somebody is in the area.
type Category string

// The categories.
const (
	ResidentHere Category = "resident"     // 户籍或常住
	NonResident  Category = "non_resident" // 流动人口: lives here, registered elsewhere
	Traveller    Category = "traveller"    // 旅客: passes through
	Staff        Category = "staff"        // 驻点工作人员: works and stays here
)

// Categories are all categories.
var Categories = []Category{ResidentHere, NonResident, Traveller, Staff}

// Relation is what somebody is to the head of the household; empty when not known.
type Relation string

// The relations.
const (
	NoRelation    Relation = ""
	Head          Relation = "head"
	Spouse        Relation = "spouse"
	Child         Relation = "child"
	Parent        Relation = "parent"
	Grandparent   Relation = "grandparent"
	Grandchild    Relation = "grandchild"
	Sibling       Relation = "sibling"
	OtherRelative Relation = "other_relative"
	NotRelated    Relation = "not_related"
)

// Relations are all relations that can be stated.
var Relations = []Relation{Head, Spouse, Child, Parent, Grandparent, Grandchild, Sibling, OtherRelative, NotRelated}

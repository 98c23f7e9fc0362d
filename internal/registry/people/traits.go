package people

// traits are what lists ask of a person, as bits in one column: the needs in the lowest
// 32, then what is known. They stand in the index of lists, so that counting opens no row.
type traits int64

const (
	hasPhone traits = 1 << (32 + iota)
	hasGuardian
	isRegistered
	hasVehicle
	hasNumber
	atDoor           // lives at a place of level household
	needsMask traits = 1<<32 - 1
)

func (p *Person) traits() traits {
	t := traits(p.Needs)
	for _, x := range []struct {
		holds bool
		bit   traits
	}{{p.Phone != "", hasPhone}, {p.GuardianID != "", hasGuardian}, {p.Registered, isRegistered}, {p.Vehicle != "", hasVehicle}, {p.IDNumber != "", hasNumber}, {p.AtDoor, atDoor}} {
		if x.holds {
			t |= x.bit
		}
	}
	return t
}

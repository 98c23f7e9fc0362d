package synth

// Days is the length of the outbreak: from the first case to the day before
// community zero is announced.
const Days = 37

// lastCommunityDay is the last day on which an infection is found in the
// community; the three days without one that follow end on day 37.
const lastCommunityDay = 34

// calmGap is the largest distance between days with a community infection. At
// three there is never a run of three days without one before day 35.
const calmGap = 3

// Totals of the reference operation at the end of day 37 (protocol.md 1.1).
const (
	referencePeople       = 1_800_000
	referenceConfirmed    = 13_517
	referenceAsymptomatic = 12_945
)

// shape of the curve of new infections. Days 12 and 19 are the published 554
// and 963, day 23 lies near the published 1,136 (confirmed and asymptomatic on
// 24 March, reclassified not stated), day 35 is the published 248 and the end
// runs towards 115 on day 39 (protocol.md 1.3). The rest is drawn through
// them. Only proportions count: the sum is scaled to the reference total.
var shape = [Days]int64{
	6, 8, 12, 18, 28, 44, 70, 115, 180, 280, 410, 554,
	640, 715, 785, 845, 890, 930, 963, 1010, 1050, 1080, 1060,
	1005, 940, 870, 795, 720, 650, 580, 515, 455, 395, 330, 248, 205, 170,
}

// communityShare is the part of the day's infections found in the community,
// per mille. Early ones are nearly all found there; on 13 March (day 12) the
// reference bulletin already says that positives were found during control.
var communityShare = []step{{1, 1000}, {3, 850}, {5, 700}, {8, 450}, {12, 250}, {15, 180}, {20, 110}, {25, 70}, {30, 35}, {34, 15}}

// confirmedLean shifts, per mille, the odds that an infection counts as
// confirmed when it is found: 82 % on 13 March, 47 % a week later (protocol.md 1.3).
var confirmedLean = []step{{1, 350}, {12, 330}, {19, 0}, {37, 20}}

// curve is the plan of the outbreak by day; index 0 is day 1.
type curve struct {
	infections   [Days]int
	community    [Days]int
	confirmed    int // at the end, including reclassified
	asymptomatic int // at the end, without reclassified
}

// newCurve scales the reference to a city. Day-to-day variation is ±5 %.
func newCurve(c *chance, people int) curve {
	total := ratio(referenceConfirmed+referenceAsymptomatic, int64(people), referencePeople)
	parts := apportion(int(total), []int64{referenceConfirmed, referenceAsymptomatic})
	k := curve{confirmed: parts[0], asymptomatic: parts[1]}
	weights := make([]int64, Days)
	for i, w := range shape {
		weights[i] = w * int64(c.between(950, 1050))
	}
	copy(k.infections[:], apportion(int(total), weights))
	k.spread()
	for i, n := range k.infections {
		share := along(communityShare, i+1)
		switch {
		case i+1 > lastCommunityDay:
		case i == 0:
			k.community[i] = n
		case i%calmGap == 0:
			k.community[i] = max((n*share+500)/1000, 1)
		default:
			k.community[i] = (n*share + 500) / 1000
		}
	}
	return k
}

// spread gives every third day at least one infection, taken from the highest
// day. It matters in small cities alone.
func (k *curve) spread() {
	for i := 0; i < lastCommunityDay; i += calmGap {
		if k.infections[i] > 0 {
			continue
		}
		peak := 0
		for j, n := range k.infections {
			if n > k.infections[peak] {
				peak = j
			}
		}
		k.infections[peak]--
		k.infections[i]++
	}
}

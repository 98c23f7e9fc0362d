package protocol

import (
	"strconv"
	"time"
)

// QuarantineEnd returns the last day of facility quarantine of a close contact; it runs
// to the end of that day. origin is the day that the parameter quarantine.clock_origin
// names, in the national rule the last exposure, which is day 0. An end before the day of
// admission means that only monitoring remains. The error is Problems (protocol.bad_date).
func (v *View) QuarantineEnd(origin string) (string, error) {
	return v.after(origin, v.Int("quarantine.close.concentrated_d"))
}

// MonitoringEnd returns the last day of home health monitoring, which follows the quarantine.
func (v *View) MonitoringEnd(origin string) (string, error) {
	return v.after(origin, v.Int("quarantine.close.concentrated_d")+v.Int("quarantine.close.home_d"))
}

// SecondaryEnd returns the last day of quarantine of a contact of a contact, in a facility
// and at home together.
func (v *View) SecondaryEnd(origin string) (string, error) {
	return v.after(origin, v.Int("quarantine.secondary.concentrated_d")+v.Int("quarantine.secondary.home_d"))
}

// FollowUpEnd returns the last day of follow-up. The last contact is day 0, the days of
// follow-up are 1 to followup.days, and discharge is at the end of the last one.
func (v *View) FollowUpEnd(lastContact string) (string, error) {
	return v.after(lastContact, v.Int("followup.days"))
}

func (v *View) after(day string, days int) (string, error) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "", Problems{problem("", "protocol.bad_date", "got", strconv.Quote(day))}
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly), nil
}

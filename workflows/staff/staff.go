// Package staff holds the pure rules about the people who work here: their roles, and whose things are
// whose.
package staff

import (
	"slices"

	"github.com/stazh/stazh/workflows/fault"
)

// Role is what a member of staff may do; one person may have several.
type Role string

// The roles (DESIGN section 6).
const (
	Admin        Role = "admin"
	HR           Role = "hr"
	Interviewer  Role = "interviewer" // or facilitator
	Receptionist Role = "receptionist"
	Curator      Role = "curator"
	HeadOfSales  Role = "head_of_sales"
	Director     Role = "director"
	Employee     Role = "employee"
	Payroll      Role = "payroll"
)

// Roles lists every role in the order pages show them.
var Roles = []Role{Admin, HR, Interviewer, Receptionist, Curator, HeadOfSales, Director, Employee, Payroll}

// Valid reports whether r is a known role.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// CheckRoles returns an invalid fault unless roles are known and there is at least one.
func CheckRoles(roles []Role) error {
	var f fault.Fields
	f.Require(len(roles) > 0, "roles", "required")
	for _, r := range roles {
		f.Require(r.Valid(), "roles", "unknown_choice")
	}
	return f.Err()
}

// SeesScorecard says whether a reader may see a scorecard that author filed on an application: his own
// always; others' only when he filed his own, or does not score but decides (HR, head of sales,
// director). Whoever has yet to score stays blind.
func SeesScorecard(reader, author string, readerFiled, readerScores bool, roles []Role) bool {
	if reader == author || readerFiled {
		return true
	}
	if readerScores {
		return false
	}
	return slices.ContainsFunc(roles, func(r Role) bool { return r == HR || r == HeadOfSales || r == Director || r == Admin })
}

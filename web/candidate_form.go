package web

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/stazh/stazh/activities/store"
)

// sealed are the hidden fields of a form: what it is about, and its command's id.
type sealed struct {
	Command string
	Booking string
	Version int
}

// Again is the time given up, as a form sends it.
func (c candidateView) Again() string {
	return fmt.Sprintf("%s/%d", c.Facts.InterviewID, c.Facts.Slot)
}

// Seal returns the hidden fields of a form that does action. The command's id is made of what the page
// shows, so two tabs, the back button and a double click send one and the same command; once anything has
// changed the ids are others.
func (c candidateView) Seal(action string) sealed {
	b := c.Facts.Booking()
	s := sealed{}
	if b != nil {
		s.Booking, s.Version = b.ID, b.Version
	}
	return c.seal(action, s)
}

// SealNew returns the hidden fields of a form that chooses a time: for the open booking, else for none.
func (c candidateView) SealNew() sealed {
	if b := c.Facts.Booking(); b != nil && b.State.Open() {
		return c.Seal("times")
	}
	return c.seal("times", sealed{})
}

// SealOther returns the hidden fields for another invitation.
func (c candidateView) SealOther(o store.CandidateInvitation) sealed {
	return c.seal("confirm", sealed{Booking: o.ID.String(), Version: o.Version})
}

func (c candidateView) seal(action string, s sealed) sealed {
	last := int64(0)
	if c.Facts.Last != nil {
		last = c.Facts.Last.UnixMicro()
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d %s %d %d", action, c.Facts.ID, c.Facts.Version, s.Booking, s.Version, last))
	s.Command = base64.RawURLEncoding.EncodeToString(sum[:18])
	return s
}

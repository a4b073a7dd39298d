package activities

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/mail"
	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/link"
)

const (
	mailLease   = 3 * time.Minute // longer than one SMTP exchange may take
	mailBatch   = 20
	mailIdle    = 500 * time.Millisecond
	mailRetryTo = 10 * time.Minute
	// mailPatience is how long, in business time, a letter that is refused by policy waits for the operator to set things right.
	mailPatience = 3 * 24 * time.Hour
)

// Sender sends what the outbox holds. Each worker runs one; any number may run side by side. What it
// promises is in DESIGN section 6: none lost, never two Message-IDs for one mail, repeats only when a
// process dies between the server's 250 and our mark.
type Sender struct {
	Outbox    *store.Outbox
	Keys      link.Keys
	PublicURL string // without a slash at the end
	From      mail.Address
	Dialer    mail.Dialer
	Parallel  int // connections kept open; at least 1
	Wall      func() time.Time
	Log       *slog.Logger

	Nudge func(ctx context.Context, subject string) // tells a process to look again; lost, it looks by itself when its time comes

	trouble trouble
}

// Run sends until ctx ends; a mail being sent then is finished first. The error says which SMTP setting
// is wrong.
func (s *Sender) Run(ctx context.Context) error {
	var wait sync.WaitGroup
	defer wait.Wait()
	for range max(1, s.Parallel) {
		transport, err := s.Dialer.Transport()
		if err != nil {
			return err
		}
		wait.Go(func() {
			defer transport.Close()
			for ctx.Err() == nil {
				n, err := s.batch(ctx, transport)
				if err != nil && ctx.Err() == nil {
					s.Log.Error("outbox", "error", fault.Redact(err))
				}
				if n == 0 || err != nil {
					select {
					case <-ctx.Done():
					case <-time.After(mailIdle):
					}
				}
			}
		})
	}
	return nil
}

func (s *Sender) batch(ctx context.Context, transport *mail.Transport) (int, error) {
	clock, err := s.Outbox.Clock(ctx)
	if err != nil {
		return 0, err
	}
	wall := s.Wall()
	claimed, err := s.Outbox.Claim(ctx, clock.At(wall), wall, mailLease, mailBatch)
	if err != nil {
		return 0, err
	}
	done := context.WithoutCancel(ctx)
	for n, m := range claimed {
		if ctx.Err() != nil || s.Wall().Sub(wall) > mailLease/2 {
			// What is left of the batch goes back at once instead of waiting for the lease.
			for _, rest := range claimed[n:] {
				if err := s.Outbox.Retry(done, rest.ID, rest.Code, s.Wall()); err != nil {
					return n, err
				}
			}
			return n, nil
		}
		if err := s.one(done, transport, m, clock.At(s.Wall())); err != nil {
			return n, err
		}
	}
	return len(claimed), nil
}

// one sends or drops one claimed mail and marks what became of it.
func (s *Sender) one(ctx context.Context, transport *mail.Transport, m store.OutgoingMail, now time.Time) error {
	letter, code, err := s.letter(ctx, m, now)
	if err != nil {
		return err
	}
	if code != "" {
		return s.never(ctx, m, "dropped", code, now)
	}
	rendered, err := mail.Render(mail.Kind(m.Kind), letter)
	if err != nil {
		s.Log.Error("mail cannot be rendered", "mail", m.ID, "kind", m.Kind, "error", fault.Redact(err))
		return s.never(ctx, m, "failed", "unrenderable", now)
	}
	if begun, err := s.Outbox.Begin(ctx, m.ID); err != nil || !begun {
		return err
	}
	sending, cancel := context.WithTimeout(ctx, mailLease/3)
	defer cancel()
	err = transport.Send(sending, rendered)
	switch {
	case err == nil:
		s.trouble.over(s.Log, s.Wall())
		// What the letter promises holds before the letter counts as sent, or the process could find it run out between.
		if m.BookingVersion != nil && mail.Kind(m.Kind) == mail.Invitation {
			if err := s.Outbox.Promise(ctx, *m.BookingID, *m.BookingVersion, letter.ReplyBy); err != nil {
				return err
			}
		}
		return s.Outbox.Settle(ctx, m.ID, "sent", "", now)
	case !mail.Temporary(err), mail.Code(err) == mail.CodePolicy && now.Sub(m.DueAt) > mailPatience:
		s.Log.Warn("mail refused", "mail", m.ID, "kind", m.Kind, "code", mail.Code(err), "reply", mail.Reply(err))
		code := mail.Code(err)
		if code == mail.CodeAddress { // of the one it went to, which may have been corrected meanwhile
			other, err := s.Outbox.Readdressed(ctx, m, letter.To.Email)
			switch {
			case err != nil:
				return err
			case other && !store.ToldAgain(m.Kind):
				return s.Outbox.Retry(ctx, m.ID, "", s.Wall())
			case other:
				code = store.RefusedThen
			}
		}
		return s.never(ctx, m, "failed", code, now)
	}
	s.trouble.met(s.Log, m.ID, err, s.Wall())
	return s.Outbox.Retry(ctx, m.ID, mail.Code(err), s.Wall().Add(backoff(m.Attempts)))
}

// never marks a mail that will not go, and tells the process of whom it was for: an invitation's seat is waiting.
func (s *Sender) never(ctx context.Context, m store.OutgoingMail, state, code string, now time.Time) error {
	if err := s.Outbox.Settle(ctx, m.ID, state, code, now); err != nil {
		return err
	}
	if s.Nudge != nil && mail.Kind(m.Kind) == mail.Invitation && m.ApplicationID != nil {
		s.Nudge(ctx, "application/"+m.ApplicationID.String())
	}
	return nil
}

// backoff doubles from a second to ten minutes.
func backoff(attempts int) time.Duration {
	return min(time.Second<<min(max(attempts-1, 0), 16), mailRetryTo)
}

// notOffered is the code of a letter that offered another time to somebody who has one by now, went, or was decided upon.
const notOffered = "not_offered"

// letter reads what the mail says now, or why it is no longer wanted.
func (s *Sender) letter(ctx context.Context, m store.OutgoingMail, now time.Time) (mail.Letter, string, error) {
	if m.NotAfter != nil && now.After(*m.NotAfter) {
		return mail.Letter{}, "too_late", nil
	}
	l := mail.Letter{Key: m.Key, Date: now, From: s.From, Reason: m.Params["reason"]}
	if m.StaffID != nil {
		code, err := s.toStaff(ctx, m, &l)
		return l, code, err
	}
	if m.ApplicationID == nil {
		return l, "nobody", nil
	}
	f, err := s.Outbox.CandidateLetter(ctx, *m.ApplicationID, m.BookingID)
	if fault.KindOf(err) == fault.NotFound {
		return l, "gone", nil
	} else if err != nil {
		return l, "", err
	}
	switch {
	case f.Erased:
		return l, "erased", nil
	case f.Email == "":
		return l, "no_address", nil
	case m.BookingVersion != nil && (f.BookingVersion == nil || *f.BookingVersion != *m.BookingVersion):
		return l, "outdated", nil
	}
	s.address(&l, f)
	l.Zone, l.Vacancy, l.City = f.VenueZone, f.Vacancy, f.City
	l.Link = s.PublicURL + "/c/" + s.Keys.Token(link.Application, *m.ApplicationID, f.Generation)
	if f.StartsAt != nil {
		policy, err := s.Outbox.Policy(ctx)
		if err != nil {
			return l, "", err
		}
		l.StartsAt, l.LengthMinutes, l.LongestWaitMinutes = *f.StartsAt, f.SlotMinutes, f.WaitMinutes
		l.Venue = mail.Venue{Name: f.VenueName, Address: f.VenueAddress, MapURL: f.VenueMapURL, Directions: f.VenueDirections}
		l.EventUID, l.EventSequence, l.Priority = f.UID, f.Sequence, f.Priority
		last := *f.StartsAt
		if f.EndedAt != nil {
			last = later(last, *f.EndedAt)
		}
		l.ChooseBy = last.AddDate(0, 0, policy.AgainDays)
		kind := mail.Kind(m.Kind)
		if again := kind == mail.LeftRebook || kind == mail.NoShow; again && !hiring.StillOffered(f.State, kind == mail.LeftRebook, last, now, policy) {
			return l, notOffered, nil
		}
		if f.ReplyBy != nil {
			l.ReplyBy = policy.ReplyFrom(now, *f.ReplyBy, *f.StartsAt)
		}
	}
	if f.HeldAt != nil {
		l.HeldAt, l.HeldZone, l.HeldPlace = *f.HeldAt, f.HeldZone, mail.Venue{Name: f.HeldVenue, Address: f.HeldAddress}.Place()
	}
	return l, "", nil
}

func (s *Sender) toStaff(ctx context.Context, m store.OutgoingMail, l *mail.Letter) (string, error) {
	var linkID *uuid.UUID
	if text := m.Params["link"]; text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			return "gone", nil
		}
		linkID = &id
	}
	f, err := s.Outbox.StaffLetter(ctx, *m.StaffID, linkID)
	if fault.KindOf(err) == fault.NotFound {
		return "gone", nil
	} else if err != nil {
		return "", err
	}
	s.address(l, f)
	l.Zone, l.Link, l.ChangedAt = f.Zone, s.PublicURL+"/sign-in", m.CreatedAt
	if linkID != nil {
		if f.LinkExpires == nil || f.LinkUsed != nil || s.Wall().After(*f.LinkExpires) {
			return "outdated", nil
		}
		l.Expires = *f.LinkExpires
		l.Link = s.PublicURL + "/password/" + s.Keys.Token(link.Password, *linkID, f.Generation)
	}
	return "", nil
}

func (s *Sender) address(l *mail.Letter, f store.LetterFacts) {
	l.To = mail.Address{Name: f.FirstName, Email: f.Email}
	l.FirstName, l.Language, l.Company = f.FirstName, f.Language, f.Company
	if f.ReplyTo != "" {
		l.ReplyTo = mail.Address{Email: f.ReplyTo}
	}
}

package mail

import (
	"testing"

	"github.com/emersion/go-smtp"
)

// Only the recipient's own codes give a mail up; what a server has against us it says at the recipient, too.
func TestWhoIsMeantAtTheRecipient(t *testing.T) {
	s := &sink{}
	var answer *smtp.SMTPError
	s.rcpt = func(int, string) error { return answer }
	tr := transport(t, serve(t, s))
	none := smtp.NoEnhancedCode
	for _, c := range []struct {
		reply    int
		enhanced smtp.EnhancedCode
		said     string
		class    string
	}{
		{550, smtp.EnhancedCode{5, 1, 1}, "User unknown", CodeAddress},
		{554, smtp.EnhancedCode{5, 1, 1}, "User unknown", CodeAddress},
		{556, smtp.EnhancedCode{5, 1, 10}, "Domain does not accept mail (nullMX)", CodeAddress},
		{550, smtp.EnhancedCode{5, 2, 1}, "The account is disabled", CodeAddress},
		{553, smtp.EnhancedCode{5, 6, 7}, "Address is not in ASCII", CodeAddress},
		{550, none, "Unrouteable address", CodeAddress},
		{551, none, "User not local", CodeAddress},
		{553, none, "no such user", CodeAddress},
		{550, none, "first line\nno such user", CodeAddress},

		{550, smtp.EnhancedCode{5, 7, 1}, "relaying denied", CodeRelay},
		{554, smtp.EnhancedCode{5, 7, 1}, "maria@example.com: Relay access denied", CodeRelay},
		{550, smtp.EnhancedCode{5, 7, 25}, "no reverse DNS", CodeRelay},
		{550, none, "first line\n5.7.1 Not served", CodeRelay},
		{550, none, "relay not permitted", CodeRelay},
		{550, none, "Sender verify failed", CodeRelay},
		{554, none, "transaction failed", CodeRelay},
		{504, smtp.EnhancedCode{5, 5, 2}, "HELO rejected", CodeRelay},
		{552, smtp.EnhancedCode{5, 2, 2}, "Mailbox full", CodeRelay},
		{550, smtp.EnhancedCode{5, 1, 8}, "Sender address rejected: Domain not found", CodeSender},
	} {
		answer = &smtp.SMTPError{Code: c.reply, EnhancedCode: c.enhanced, Message: c.said}
		err := tr.Send(t.Context(), rendered(t, Invitation, "en"))
		if Code(err) != c.class || Reply(err) != c.reply || Temporary(err) != (c.class != CodeAddress) {
			t.Errorf("%d %v %s: %v, temporary %v", c.reply, c.enhanced, c.said, err, Temporary(err))
		}
	}
	if s.sessions != 1 {
		t.Error(s.sessions, "sessions")
	}
}

// With the letter in its hands a server refuses it for what it says (spam, size), or for what it has against us.
func TestWhatIsRefusedAfterTheLetter(t *testing.T) {
	s := &sink{}
	var answer *smtp.SMTPError
	s.data = func(int, *smtp.Conn) error { return answer }
	tr := transport(t, serve(t, s))
	for _, c := range []struct {
		reply    int
		enhanced smtp.EnhancedCode
		said     string
		class    string
	}{
		{550, smtp.EnhancedCode{5, 7, 26}, "Your email has been blocked because the sender is unauthenticated", CodePolicy},
		{554, smtp.EnhancedCode{5, 7, 1}, "Service unavailable; client host blocked", CodePolicy},
		{552, smtp.EnhancedCode{5, 3, 4}, "Message too big", CodePermanent},
		{554, smtp.EnhancedCode{5, 6, 0}, "Content rejected", CodePermanent},
		{554, smtp.NoEnhancedCode, "Transaction failed", CodePermanent},
	} {
		answer = &smtp.SMTPError{Code: c.reply, EnhancedCode: c.enhanced, Message: c.said}
		err := tr.Send(t.Context(), rendered(t, Invitation, "en"))
		if Code(err) != c.class || Reply(err) != c.reply || Temporary(err) != (c.class == CodePolicy) {
			t.Errorf("%d %v %s: %v, temporary %v", c.reply, c.enhanced, c.said, err, Temporary(err))
		}
	}
}

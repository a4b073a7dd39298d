package mail

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// The codes Code returns: what happened, in a closed vocabulary that may stand in logs and tables.
const (
	CodeUnreachable = "smtp_unreachable" // no connection, greeting or TLS handshake
	CodeLogin       = "smtp_login"       // the server did not take our credentials
	CodeSender      = "smtp_sender"      // the server does not take mail from our own address
	CodeRelay       = "smtp_relay"       // the server does not pass our mails on: relaying, policy
	CodePolicy      = "smtp_policy"      // the letter was refused by policy: our domain lacks its records, or spam
	CodeDropped     = "smtp_dropped"     // the connection broke or timed out in the middle
	CodeTemporary   = "smtp_4xx"         // the server says: later
	CodeAddress     = "smtp_address"     // the recipient's address takes no mail
	CodePermanent   = "smtp_5xx"         // the server says of this letter: never
	CodeMessage     = "mail_unsendable"  // the message itself cannot be sent by this client
	CodeStopped     = "stopped"          // our own context ended
	CodeUnknown     = "unknown"          // an error that is not this package's
)

// Failure is why a mail was not sent. It keeps no library error: those quote addresses and the
// server's free text, and would carry them into logs.
type Failure struct {
	Class string // one of the Code constants
	Reply int    // the server's three digits, 0 without a reply
	temp  bool
}

// Error gives the class and the reply code alone.
func (f *Failure) Error() string {
	if f.Reply != 0 {
		return fmt.Sprintf("mail not sent: %s (%d)", f.Class, f.Reply)
	}
	return "mail not sent: " + f.Class
}

// Temporary says whether sending the same mail later can succeed. A nil error is not temporary; an
// error of another origin is, as a mail must not be given up for a reason we do not know.
func Temporary(err error) bool {
	if err == nil {
		return false
	}
	var f *Failure
	if errors.As(err, &f) {
		return f.temp
	}
	return true
}

// Code returns the class of a Send error, one of the Code constants, or "" for nil.
func Code(err error) string {
	if err == nil {
		return ""
	}
	var f *Failure
	if errors.As(err, &f) {
		return f.Class
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return CodeStopped
	}
	return CodeUnknown
}

// Reply returns the three digits of the server's answer behind a Send error, 0 without one.
func Reply(err error) int {
	var f *Failure
	if errors.As(err, &f) {
		return f.Reply
	}
	return 0
}

// judge turns what the library returned for one mail into a Failure.
//
// SendError.IsTemp alone is not enough: it looks at the first letter of the error's text, so a
// connection that broke ("EOF") counts as permanent there. Without a reply from the server, only
// faults of the message itself are permanent here. 530, 534, 535 and 538 are about our own login
// (RFC 4954), which an operator mends: giving up the mail would lose it. So is a refusal of the sender, before the server
// has heard for whom the mail is; but the letter's own size (552), and its address if that is not in ASCII (utf8), are said
// there too. What is refused with the recipient is the recipient's fault only by his own codes (atRecipient). With the letter
// in its hands a server refuses by policy (5.7) what is spam to it, and a whole domain that lacks its records (550 5.7.26):
// the one cannot be told from the other, so the letter waits for a while (mailPatience).
func judge(err error, utf8 bool) *Failure {
	var se *gomail.SendError
	if !errors.As(err, &se) {
		return &Failure{Class: CodeDropped, temp: true}
	}
	reply := se.ErrorCode()
	switch {
	case reply == 530, reply == 534, reply == 535, reply == 538:
		return &Failure{Class: CodeLogin, Reply: reply, temp: true}
	case reply/100 == 5 && reply != 552 && se.Reason == gomail.ErrSMTPMailFrom && !utf8:
		return &Failure{Class: CodeSender, Reply: reply, temp: true}
	case se.IsTemp(), reply/100 == 4:
		return &Failure{Class: CodeTemporary, Reply: reply, temp: true}
	case reply/100 == 5 && se.Reason == gomail.ErrSMTPRcptTo:
		class := atRecipient(se, reply)
		return &Failure{Class: class, Reply: reply, temp: class != CodeAddress}
	case reply/100 == 5:
		if _, subject, _ := said(se); subject == "7" {
			return &Failure{Class: CodePolicy, Reply: reply, temp: true}
		}
		return &Failure{Class: CodePermanent, Reply: reply}
	case se.Reason == gomail.ErrGetSender, se.Reason == gomail.ErrGetRcpts, se.Reason == gomail.ErrNoUnencoded:
		return &Failure{Class: CodeMessage}
	}
	return &Failure{Class: CodeDropped, temp: true}
}

var (
	// enhanced is the RFC 3463 code at the start of a line of the reply. The library gives it only if the server announced such.
	enhanced = regexp.MustCompile(`(?m)(?:^|: 5\d\d )5\.(\d{1,3})\.(\d{1,3})\b`)
	// ours is what servers without such codes say of whom they serve (Exim: "550 relay not permitted").
	ours = regexp.MustCompile(`(?i)\b(relay|authenti|sender (verify|address))`)
)

// said returns what the server said, and the subject and detail of its enhanced code, or "".
func said(se *gomail.SendError) (text, subject, detail string) {
	text, _, _ = strings.Cut(se.Error(), ", affected recipient(s)")
	text = strings.NewReplacer(`\n`, "\n", `"`, "").Replace(text) // net/textproto quotes the reply, or does not: it depends on Go's version
	if m := enhanced.FindStringSubmatch(text); m != nil {
		return text, m[1], m[2]
	}
	return text, "", ""
}

// atRecipient says who is meant by a 5xx in answer to the recipient. Servers wait until then with what they have against us
// (Postfix does so by default), and a relay that is set up wrongly says it of everybody: given up for that, a whole wave would
// lose its invitations. So only his own codes speak of the recipient; with all else the mail waits.
func atRecipient(se *gomail.SendError, reply int) string {
	text, subject, detail := said(se)
	bare := subject == "" || subject == "0"
	switch {
	case subject == "7":
		return CodeRelay
	case subject == "1" && (detail == "7" || detail == "8"): // the sender's address, by the same RFC
		return CodeSender
	case subject == "1":
		return CodeAddress
	case (reply == 550 || reply == 551 || reply == 553) && !(bare && ours.MatchString(text)):
		return CodeAddress
	}
	return CodeRelay
}

// dialFailure classifies an error met before any mail was offered: always temporary, as it says
// nothing about the mail.
func dialFailure(err error, connected bool) *Failure {
	f := &Failure{Class: CodeUnreachable, temp: true}
	// The only reply codes kept are those at the very start of an error's text, where the library puts them.
	for e := err; e != nil; e = errors.Unwrap(e) {
		t := e.Error()
		if len(t) > 3 && t[3] == ' ' && (t[0] == '4' || t[0] == '5') {
			if n, convErr := strconv.Atoi(t[:3]); convErr == nil {
				f.Reply = n
			}
		}
	}
	if connected && (f.Reply == 530 || f.Reply == 534 || f.Reply == 535 || f.Reply == 538) {
		f.Class = CodeLogin
	}
	return f
}

package mail

import (
	"bytes"

	gomail "github.com/wneessen/go-mail"
)

// message builds the MIME message anew: a library message remembers that it was sent.
func (r Rendered) message() *gomail.Msg {
	// Quoted-printable keeps English readable in the raw and scores better with spam filters, which
	// dislike base64 that is plain ASCII underneath; Cyrillic is shorter in base64.
	encoding := gomail.EncodingB64
	if r.lang == "en" {
		encoding = gomail.EncodingQP
	}
	m := gomail.NewMsg(gomail.WithEncoding(encoding), gomail.WithCharset(gomail.CharsetUTF8), gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(r.from)
	m.ToMailAddress(r.to)
	if r.replyTo != nil {
		m.ReplyToMailAddress(r.replyTo)
	}
	m.Subject(r.Subject)
	m.SetDateWithValue(r.date)
	m.SetMessageIDWithValue(r.MessageID)
	m.SetGenHeader(gomail.HeaderContentLang, r.lang)
	// RFC 3834: no out-of-office answers to this; Exchange listens to the second only.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	m.SetBodyString(gomail.TypeTextPlain, r.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, r.HTML)
	if r.Calendar != nil {
		// Twice, as the large senders do it: the alternative makes the mail itself an invitation, the
		// attachment serves programs that look for a file. Base64, so that no relay touches the CRLFs.
		kind := gomail.ContentType("text/calendar; method=" + string(r.method))
		m.AddAlternativeString(kind, string(r.Calendar), gomail.WithPartEncoding(gomail.EncodingB64))
		m.AttachReadSeeker("invite.ics", bytes.NewReader(r.Calendar),
			gomail.WithFileContentType("application/ics"), gomail.WithFileEncoding(gomail.EncodingB64))
	}
	return m
}

// Bytes returns the message as it goes over the wire, but for the random part boundaries.
func (r Rendered) Bytes() ([]byte, error) {
	if r.to == nil {
		return nil, &Failure{Class: CodeMessage}
	}
	var b bytes.Buffer
	if _, err := r.message().WriteTo(&b); err != nil {
		return nil, &Failure{Class: CodeMessage}
	}
	return b.Bytes(), nil
}

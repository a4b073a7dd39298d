package mailsink

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // windows-1251 and friends
	gomail "github.com/emersion/go-message/mail"
	"golang.org/x/net/html"
)

// Message is one mail that the sink accepted, taken apart.
type Message struct {
	ID        int64     `json:"id"`       // rises with each accepted mail; 0 before it is stored
	From      string    `json:"from"`     // envelope sender
	To        []string  `json:"to"`       // envelope recipients, lower case
	Received  time.Time `json:"received"` // wall time of acceptance
	Sender    string    `json:"sender"`   // the From header, decoded
	Subject   string    `json:"subject"`
	MessageID string    `json:"message_id"` // without the angle brackets
	Date      time.Time `json:"date"`       // the Date header; zero when missing or unreadable
	Text      string    `json:"text"`
	HTML      string    `json:"html"`
	// Links are the http and https addresses in order of appearance, each once: those of the HTML part, then
	// those that only the text part has.
	Links       []string     `json:"links"`
	Attachments []Attachment `json:"attachments"`
	Raw         []byte       `json:"-"` // as it came over the wire
}

// Attachment is a part that is not the readable text: a file, or a calendar entry even when it is inline.
type Attachment struct {
	Name    string `json:"name"`
	Type    string `json:"type"`   // media type with its parameters: "text/calendar; method=REQUEST"
	Size    int    `json:"size"`   // bytes of Content
	Inline  bool   `json:"inline"` // shown by mail programs without being saved
	Content []byte `json:"-"`
}

// Parse takes a raw mail apart. It never fails: what cannot be read stays empty, and Raw tells the rest, because a
// sink that refuses ugly mail hides the ugliness it is there to show.
func Parse(raw []byte) Message {
	m := Message{Raw: raw, Links: []string{}, Attachments: []Attachment{}, To: []string{}}
	r, err := gomail.CreateReader(bytes.NewReader(raw))
	if err != nil && !message.IsUnknownCharset(err) || r == nil {
		return m
	}
	m.Subject, _ = r.Header.Subject()
	m.MessageID, _ = r.Header.MessageID()
	m.Date, _ = r.Header.Date()
	if from, err := r.Header.AddressList("From"); err == nil && len(from) > 0 {
		m.Sender = from[0].Address
		if from[0].Name != "" {
			m.Sender = from[0].Name + " <" + from[0].Address + ">"
		}
	}
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) || err != nil && !message.IsUnknownCharset(err) || part == nil {
			break
		}
		m.add(part)
	}
	m.Links = links(m.HTML, m.Text)
	return m
}

func (m *Message) add(part *gomail.Part) {
	body, _ := io.ReadAll(part.Body) // a cut body is shown as far as it goes
	full := part.Header.Get("Content-Type")
	kind, params, err := mime.ParseMediaType(full)
	if err != nil {
		kind = "text/plain"
	}
	_, inline := part.Header.(*gomail.InlineHeader)
	if inline {
		switch {
		case kind == "text/plain" && m.Text == "":
			m.Text = string(body)
			return
		case kind == "text/html" && m.HTML == "":
			m.HTML = string(body)
			return
		}
	}
	a := Attachment{Name: params["name"], Type: full, Size: len(body), Inline: inline, Content: body}
	if h, ok := part.Header.(*gomail.AttachmentHeader); ok {
		if name, err := h.Filename(); err == nil && name != "" {
			a.Name = name
		}
	}
	if a.Name == "" {
		a.Name = "attachment"
		if kind == "text/calendar" {
			a.Name = "invitation.ics"
		}
	}
	m.Attachments = append(m.Attachments, a)
}

var urlInText = regexp.MustCompile(`https?://[^\s<>"]+`)

func links(htmlPart, textPart string) []string {
	out := []string{}
	add := func(link string) {
		if (strings.HasPrefix(link, "http://") || strings.HasPrefix(link, "https://")) && !slices.Contains(out, link) {
			out = append(out, link)
		}
	}
	z := html.NewTokenizer(strings.NewReader(htmlPart))
	for z.Next() != html.ErrorToken {
		token := z.Token()
		if token.Data != "a" {
			continue
		}
		for _, attribute := range token.Attr {
			if attribute.Key == "href" {
				add(attribute.Val)
			}
		}
	}
	for _, link := range urlInText.FindAllString(textPart, -1) {
		add(strings.TrimRight(link, ".,;:!?)»”"))
	}
	return out
}

// address makes envelope addresses comparable.
func address(s string) string {
	if a, err := mail.ParseAddress(s); err == nil {
		s = a.Address
	}
	return strings.ToLower(strings.TrimSpace(s))
}

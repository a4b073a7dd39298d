package mail

import (
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
)

var update = flag.Bool("update", false, "write the golden files")

// part is one leaf of a MIME message, decoded.
type part struct {
	contentType, disposition string
	body                     string
}

// parse reads a message as a mail program does.
func parse(t *testing.T, raw []byte) (netmail.Header, []part) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header, leaves(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body, "")
}

func leaves(t *testing.T, contentType, encoding, disposition string, body io.Reader, path string) []part {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(contentType, err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		var out []part
		r := multipart.NewReader(body, params["boundary"])
		for {
			p, err := r.NextRawPart()
			if errors.Is(err, io.EOF) {
				return out
			}
			if err != nil {
				t.Fatal(err)
			}
			h := p.Header
			out = append(out, leaves(t, h.Get("Content-Type"), h.Get("Content-Transfer-Encoding"), h.Get("Content-Disposition"), p, path+kind+" > ")...)
		}
	}
	switch strings.ToLower(encoding) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return []part{{path + contentType, disposition, string(b)}}
}

// golden writes a mail down in a form that can be read and compared: decoded, without boundaries.
func golden(t *testing.T, r Rendered) string {
	t.Helper()
	raw, err := r.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	h, parts := parse(t, raw)
	var b strings.Builder
	for _, name := range []string{"From", "To", "Reply-To", "Subject", "Date", "Message-Id", "Content-Language", "Auto-Submitted"} {
		v, err := (&mime.WordDecoder{}).DecodeHeader(h.Get(name))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s: %s\n", name, v)
	}
	for _, p := range parts {
		fmt.Fprintf(&b, "\n===== %s %s\n", p.contentType, p.disposition)
		switch {
		case strings.Contains(p.contentType, "text/html"):
			b.WriteString("(says the same; kept whole for a few kinds)\n")
		case p.disposition != "":
			b.WriteString("(the same file)\n")
		default:
			b.WriteString(strings.ReplaceAll(p.body, "\r\n", "\n"))
		}
	}
	return b.String()
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run go test ./activities/mail -update)", err)
	}
	if string(want) != got {
		t.Errorf("%s differs (go test ./activities/mail -update, then read the diff):\n%s", path, got)
	}
}

// htmlGolden are the kinds whose HTML is kept whole; the others have the same skeleton.
var htmlGolden = map[Kind]bool{Invitation: true, DecisionReject: true}

func TestEveryMailInEveryLanguage(t *testing.T) {
	paragraph := regexp.MustCompile(`(?s)<[^>]*>`)
	for _, kind := range Kinds() {
		for _, lang := range i18n.Languages() {
			t.Run(string(kind)+"/"+lang, func(t *testing.T) {
				l := sample(lang)
				if kind == DecisionReject {
					l.Reason = "position_filled"
				}
				r, err := Render(kind, l)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, lang+"/"+string(kind)+".txt", golden(t, r))
				if htmlGolden[kind] {
					compare(t, lang+"/"+string(kind)+".html", r.HTML)
				}
				if n := len([]rune(r.Subject)); n == 0 || n > 110 {
					t.Errorf("subject of %d characters: %s", n, r.Subject)
				}
				if n := strings.Count(r.HTML, `class="button"`); n != 1 && kind != ErasedConfirm {
					t.Errorf("%d buttons", n)
				}
				if kind == ErasedConfirm && strings.Contains(r.HTML+r.Text, l.Link) {
					t.Error("the last mail must not carry the dead link")
				}
				if n := strings.Count(r.HTML, "href="); n > 2 {
					t.Errorf("%d links", n)
				}
				if strings.Contains(r.HTML, "<table") || strings.Contains(r.HTML, "<img") || strings.Contains(r.HTML, "<script") {
					t.Error("HTML has a table, an image or a script")
				}
				// Both parts say the same: every paragraph of the text stands in the HTML.
				flat := strings.ReplaceAll(html.UnescapeString(paragraph.ReplaceAllString(r.HTML, "\n")), "\u00a0", " ")
				for _, s := range strings.Split(r.Text, "\n") {
					if s = strings.TrimSpace(strings.TrimPrefix(s, "-- ")); s == "" || strings.Contains(s, "://") {
						continue
					}
					label, value, isFact := strings.Cut(s, ": ")
					if !strings.Contains(flat, s) && (!isFact || !strings.Contains(flat, label) || !strings.Contains(flat, value)) &&
						!strings.Contains(flat, strings.TrimSuffix(s, ":")) {
						t.Errorf("the HTML lacks %q", s)
					}
				}
				if m := kind.Calendar(); m != "" && !strings.Contains(string(r.Calendar), "METHOD:"+string(m)+"\r\n") {
					t.Error("the calendar part is missing or has another method")
				}
				if kind.Calendar() == "" && r.Calendar != nil {
					t.Error("an unexpected calendar part")
				}
			})
		}
	}
}

func TestTimesNameTheVenuesZone(t *testing.T) {
	for _, kind := range []Kind{Invitation, Booked, Moved, ReminderDay, ReminderHours, Cancelled, Withdrawn, Replaced, NoAnswer} {
		r, err := Render(kind, sample("en"))
		if err != nil {
			t.Fatal(err)
		}
		const want = "Thu 26 Nov, 10:30, Yekaterinburg time (UTC+5)"
		if !strings.Contains(r.Subject, want) {
			t.Errorf("%s: subject %q lacks %q", kind, r.Subject, want)
		}
	}
	l := sample("bg")
	l.Zone = "Europe/Sofia" // the same moment on Sofia's clock
	r, err := Render(Booked, l)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.Subject, "07:30") || !strings.Contains(r.Text, "UTC+2") {
		t.Errorf("Sofia: %s\n%s", r.Subject, r.Text)
	}
}

func TestOptionalWordsAreLeftOut(t *testing.T) {
	l := sample("en")
	l.Reason = "a_code_without_words"
	l.FirstName, l.ReplyTo.Email, l.Venue.MapURL, l.Venue.Directions = "", "", "", ""
	l.PreviousStartsAt = l.PreviousStartsAt.AddDate(-5000, 0, 0).UTC()
	r, err := Render(Withdrawn, l)
	if err != nil {
		t.Fatal(err)
	}
	for _, no := range []string{"reason", "a_code", "simply reply", "Maria"} {
		if strings.Contains(r.Text, no) {
			t.Errorf("text says %q:\n%s", no, r.Text)
		}
	}
	for _, yes := range []string{"Hello,", "not read"} {
		if !strings.Contains(r.Text, yes) {
			t.Errorf("text lacks %q:\n%s", yes, r.Text)
		}
	}
	l = sample("en")
	l.EventUID = ""
	if r, err = Render(WithdrawnConfirm, l); err != nil || r.Calendar != nil {
		t.Errorf("a candidate who never had an entry got one cancelled: %v", err)
	}
}

// Whoever was promised to come first is told that he is called first, not that he may have to wait.
func TestPlaceThatComesFirst(t *testing.T) {
	for lang, words := range map[string][2]string{"en": {"you are called first", "shared with other"}, "bg": {"повикаме с предимство", "са поканени"}, "ru": {"без очереди", "приглашены и другие"}} {
		for _, kind := range []Kind{Booked, Moved} {
			l := sample(lang)
			shared, err := Render(kind, l)
			if err != nil {
				t.Fatal(err)
			}
			l.Priority = true
			first, err := Render(kind, l)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(shared.Text, words[0]) || !strings.Contains(shared.Text, words[1]) || !strings.Contains(first.Text, words[0]) || strings.Contains(first.Text, words[1]) {
				t.Errorf("%s %s:\n%s\n%s", lang, kind, shared.Text, first.Text)
			}
		}
	}
}

func TestMissingValuesAreRefusedByField(t *testing.T) {
	_, err := Render(Invitation, Letter{Language: "ru"})
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid {
		t.Fatal(err)
	}
	for _, field := range []string{"key", "date", "company", "to", "from", "link", "zone", "vacancy", "starts_at", "venue", "length_minutes", "longest_wait_minutes", "reply_by", "event_uid"} {
		if f.Fields[field] == "" {
			t.Errorf("%s is not reported: %v", field, f.Fields)
		}
	}
	for _, bad := range []struct {
		field  string
		change func(*Letter)
	}{
		{"zone", func(l *Letter) { l.Zone = "Europe/Nowhere" }},
		{"zone", func(l *Letter) { l.Zone = "Local" }},
		{"link", func(l *Letter) { l.Link = "javascript:alert(1)" }},
		{"link", func(l *Letter) { l.Link = "/c/relative" }},
		{"link", func(l *Letter) { l.Link = "https://user:secret@example.com/" }},
		{"venue.map_url", func(l *Letter) { l.Venue.MapURL = "data:text/html,x" }},
		{"to", func(l *Letter) { l.To.Email = "a@example.com, b@example.com" }},
		{"to", func(l *Letter) { l.To.Email = "a@example.com\r\nBcc: b@example.com" }},
		{"to", func(l *Letter) { l.To.Email = "A <a@example.com>" }},
		{"from", func(l *Letter) { l.From.Email = "nobody" }},
		{"reply_to", func(l *Letter) { l.ReplyTo.Email = "x\x00@example.com" }},
	} {
		l := sample("en")
		bad.change(&l)
		_, err := Render(Booked, l)
		if f := fault.As(err); f == nil || f.Fields[bad.field] == "" || len(f.Fields) != 1 {
			t.Errorf("%s: %v", bad.field, err)
		}
	}
	if _, err := Render("no_such_mail", sample("en")); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}

func TestNothingInAValueBecomesAHeader(t *testing.T) {
	evil := "x\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script>\x00\u2028\u202e"
	l := sample("en")
	l.To.Name, l.FirstName, l.Company, l.From.Name, l.Vacancy, l.City = evil, evil, evil, evil, evil, evil
	l.Venue.Name, l.Venue.Address, l.Venue.Directions = evil, evil, evil
	l.EventUID = "uid\r\nX-EVIL:1"
	l.Reason = evil
	for _, kind := range Kinds() {
		r, err := Render(kind, l)
		if err != nil {
			t.Fatal(kind, err)
		}
		raw, err := r.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		h, parts := parse(t, raw)
		if h.Get("Bcc") != "" || len(h["To"]) != 1 {
			t.Errorf("%s: a header was injected: %v", kind, h)
		}
		if to, err := h.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != "maria@example.com" {
			t.Errorf("%s: To is %v, %v", kind, to, err)
		}
		for _, p := range parts {
			if strings.ContainsAny(p.body, "\x00\u2028\u202e") {
				t.Errorf("%s: %s keeps a control character", kind, p.contentType)
			}
			if strings.Contains(p.contentType, "text/html") && strings.Contains(p.body, "<script") {
				t.Errorf("%s: HTML is not escaped", kind)
			}
			if strings.Contains(p.contentType, "calendar") {
				for _, s := range strings.Split(p.body, "\r\n") {
					if strings.HasPrefix(s, "Bcc") || strings.HasPrefix(s, "X-EVIL") || strings.ContainsAny(s, "\r\n") {
						t.Errorf("%s: a calendar property was injected: %q", kind, s)
					}
				}
			}
		}
	}
}

func TestMessageIDIsTheKeysAlone(t *testing.T) {
	a, err := Render(Booked, sample("en"))
	if err != nil {
		t.Fatal(err)
	}
	l := sample("ru")
	l.Date = l.Date.AddDate(0, 0, 1)
	b, _ := Render(Moved, l)
	if a.MessageID != b.MessageID {
		t.Error("one key gave two Message-IDs")
	}
	if !regexp.MustCompile(`^[a-z2-7]{52}@romashka\.example$`).MatchString(a.MessageID) {
		t.Error(a.MessageID)
	}
	l.Key += "x"
	if c, _ := Render(Moved, l); c.MessageID == b.MessageID {
		t.Error("two keys gave one Message-ID")
	}
}

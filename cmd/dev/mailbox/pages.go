package mailbox

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stazh/stazh/activities/mail/mailsink"
)

//go:embed templates
var files embed.FS

// pageSize is how many mails one list page shows.
const pageSize = 50

// Handler serves the mailbox:
//
//	GET /                              the list; ?q= part of a recipient or subject, ?to= one recipient, ?before= the next page
//	GET /mail/{id}                     one mail; ?view=html|text|raw
//	GET /mail/{id}/html                its HTML part alone, for the sandboxed frame
//	GET /mail/{id}/attachment/{n}      a file, counted from 1
//	GET /api/messages                  JSON: {"messages": [...], "counts": {message id: times}}; ?to=, ?subject=, ?q=, ?message_id=, ?limit=
//	GET /api/messages/{id}             JSON: one of them
//
// Nobody is asked who he is: it is for a loopback port, with demo people in it. Nothing changes anything.
func Handler(store *Store) http.Handler {
	p := &pages{store: store}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.list)
	mux.HandleFunc("GET /mail/{id}", p.message)
	mux.HandleFunc("GET /mail/{id}/html", p.html)
	mux.HandleFunc("GET /mail/{id}/attachment/{n}", p.attachment)
	mux.HandleFunc("GET /api/messages", p.apiList)
	mux.HandleFunc("GET /api/messages/{id}", p.apiMessage)
	mux.HandleFunc("GET /static/{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeFileFS(w, r, files, "templates/"+r.PathValue("name"))
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "+
			"frame-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'")
		mux.ServeHTTP(w, r)
	})
}

type pages struct{ store *Store }

var funcs = template.FuncMap{
	"clock": func(t time.Time) string { return t.Local().Format("15:04:05") },
	"day":   func(t time.Time) string { return t.Local().Format("Mon 2 Jan 2006") },
	"when":  func(t time.Time) string { return when(t, time.Now()) },
	"iso":   func(t time.Time) string { return t.Format(time.RFC3339) },
	"size":  size,
	"opens": opening,
	"kind":  kind,
	"inc":   func(n int) int { return n + 1 },
}

var templates = template.Must(template.New("").Funcs(funcs).ParseFS(files, "templates/*.html"))

// when is the list's short time: the clock today, the day before that.
func when(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format("15:04:05")
	case t.Year() == now.Year():
		return t.Format("2 Jan, 15:04")
	}
	return t.Format("2 Jan 2006")
}

// size writes bytes for people.
func size(n int) string {
	switch {
	case n < 1024:
		return fmt.Sprintf("%d bytes", n)
	case n < 1024*1024:
		return fmt.Sprintf("%.1f KB", float64(n)/1024)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1024/1024)
}

// opening is the first words of a mail, for the list.
func opening(m mailsink.Message) string {
	const most = 140
	runes := []rune(strings.Join(strings.Fields(m.Text), " "))
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}

// kind names an attachment for people.
func kind(a mailsink.Attachment) string {
	media, params, err := mime.ParseMediaType(a.Type)
	switch {
	case err != nil:
		return "File"
	case media == "text/calendar" && strings.EqualFold(params["method"], "CANCEL"):
		return "Calendar file (cancels the entry)"
	case media == "text/calendar":
		return "Calendar file"
	}
	return media
}

func (p *pages) list(w http.ResponseWriter, r *http.Request) {
	f := filter(r)
	f.Limit = pageSize + 1
	found, err := p.store.List(r.Context(), f)
	if err != nil {
		p.fail(w, err)
		return
	}
	older := int64(0)
	if len(found) > pageSize {
		found = found[:pageSize]
		older = found[pageSize-1].ID
	}
	copies, err := p.store.copies(r.Context(), found)
	if err != nil {
		p.fail(w, err)
		return
	}
	p.render(w, "list.html", map[string]any{"Filter": f, "Messages": found, "Copies": copies, "Older": older})
}

func (p *pages) message(w http.ResponseWriter, r *http.Request) {
	m, ok := p.find(w, r)
	if !ok {
		return
	}
	view := r.FormValue("view")
	switch {
	case view == "raw", view == "text" && m.Text != "", view == "html" && m.HTML != "":
	case m.HTML != "":
		view = "html"
	default:
		view = "text"
	}
	copies, err := p.store.copies(r.Context(), []mailsink.Message{m})
	if err != nil {
		p.fail(w, err)
		return
	}
	p.render(w, "message.html", map[string]any{
		"M": m, "View": view, "Copies": copies[m.MessageID], "Raw": strings.ToValidUTF8(string(m.Raw), "\uFFFD"),
	})
}

// html serves the HTML part into a frame: no scripts, no forms, an origin of its own; links open in a new tab that is free of the sandbox.
func (p *pages) html(w http.ResponseWriter, r *http.Request) {
	m, ok := p.find(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Security-Policy", "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "+
		"style-src 'unsafe-inline'; img-src data: http: https:; font-src data:")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// Before everything: the first base element counts, wherever it is.
	_, _ = w.Write([]byte(withBase(m.HTML)))
}

// withBase puts the base element behind the doctype, because in front of it browsers fall into quirks mode.
func withBase(mail string) string {
	const base = `<base target="_blank">`
	trimmed := strings.TrimLeft(mail, " \t\r\n\uFEFF")
	if len(trimmed) > 9 && strings.EqualFold(trimmed[:9], "<!doctype") {
		if end := strings.IndexByte(trimmed, '>'); end > 0 {
			return trimmed[:end+1] + base + trimmed[end+1:]
		}
	}
	return "<!doctype html>" + base + mail
}

func (p *pages) attachment(w http.ResponseWriter, r *http.Request) {
	m, ok := p.find(w, r)
	if !ok {
		return
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > len(m.Attachments) {
		p.missing(w)
		return
	}
	a := m.Attachments[n-1]
	media, params, err := mime.ParseMediaType(a.Type)
	if err != nil {
		media = "application/octet-stream"
	}
	delete(params, "name")
	w.Header().Set("Content-Type", mime.FormatMediaType(media, params))
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	w.Header().Set("Content-Security-Policy", "sandbox")
	_, _ = w.Write(a.Content)
}

func (p *pages) apiList(w http.ResponseWriter, r *http.Request) {
	found, err := p.store.List(r.Context(), filter(r))
	var counts map[string]int
	if err == nil {
		counts, err = p.store.copies(r.Context(), found)
	}
	if err != nil {
		http.Error(w, `{"error":"the mailbox's database does not answer"}`, http.StatusServiceUnavailable)
		return
	}
	if found == nil {
		found = []mailsink.Message{}
	}
	answer(w, map[string]any{"messages": found, "counts": counts})
}

func (p *pages) apiMessage(w http.ResponseWriter, r *http.Request) {
	if m, ok := p.find(w, r); ok {
		answer(w, m)
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // people read it with curl
	_ = e.Encode(v)
}

func filter(r *http.Request) mailsink.Filter {
	q := r.URL.Query()
	number := func(name string) int64 {
		n, err := strconv.ParseInt(q.Get(name), 10, 64)
		if err != nil || n < 0 {
			return 0
		}
		return n
	}
	return mailsink.Filter{
		To: clean(strings.TrimSpace(q.Get("to"))), Search: clean(strings.TrimSpace(q.Get("q"))), Subject: clean(q.Get("subject")),
		MessageID: clean(strings.Trim(q.Get("message_id"), "<>")), Before: number("before"), Limit: int(number("limit")),
	}
}

// find reads the mail of the path, or answers the request itself.
func (p *pages) find(w http.ResponseWriter, r *http.Request) (mailsink.Message, bool) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		p.missing(w)
		return mailsink.Message{}, false
	}
	m, err := p.store.Get(r.Context(), id)
	switch {
	case errors.Is(err, mailsink.ErrNoMessage):
		p.missing(w)
	case err != nil:
		p.fail(w, err)
	}
	return m, err == nil
}

func (p *pages) missing(w http.ResponseWriter) {
	w.WriteHeader(http.StatusNotFound)
	p.render(w, "note.html", map[string]any{"Title": "No such message", "Text": "The mailbox does not have this message. It may have been wiped by a start with -reset."})
}

func (p *pages) fail(w http.ResponseWriter, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
	p.render(w, "note.html", map[string]any{"Title": "The mailbox is not available", "Text": "Its database does not answer. Reload the page in a moment."})
}

func (p *pages) render(w http.ResponseWriter, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = templates.ExecuteTemplate(w, name, data) // the reader has gone away
}

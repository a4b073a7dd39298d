// Package mail writes and sends the product's mails. It knows no database and no clock: a Letter
// holds plain values and the business time, Render makes a Rendered of it, a Transport sends that.
//
//	kind.go      which mails there are, what each needs and says (plans)
//	letter.go    the values a mail is made of, and their check
//	compose.go   the content, once for text and HTML; words are in web/i18n/<lang>/mail.json
//	letter.html  the one HTML shape: no tables, inline styles, dark mode, one button
//	message.go   MIME and headers
//	calendar.go  iCalendar files (zone.go: their time zones)
//	smtp.go      the kept connection; failure.go: what a refusal means
//
// # What a mail may do
//
// A candidate's mail carries one link, to his page, where every action is a visible button: mail
// scanners open links, so no link acts by itself. (The venue's map is the one other link.) Calendar
// entries ask for no answer (RSVP=FALSE), because an answer given in a calendar reaches nobody.
//
// # One mail is one Message-ID
//
// SMTP cannot promise exactly once. The Message-ID is a function of the outbox key, so a mail that a
// dying process sent twice is recognisable as one; and Send reports success from the moment of the
// server's 250, whatever breaks after it.
//
// # Privacy
//
// Errors that leave this package carry codes only. Library errors quote addresses and the server's
// free text; none is wrapped.
package mail

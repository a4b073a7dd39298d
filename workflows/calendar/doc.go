// Package calendar writes the calendar files (RFC 5545, RFC 5546) that mails carry and candidates'
// pages offer. It knows nothing of applications: whoever has the facts fills an Event.
//
// The same Event gives the same bytes wherever it is written, so a file from the page and one from a
// mail are the same entry to a calendar: same UID, same Sequence.
package calendar

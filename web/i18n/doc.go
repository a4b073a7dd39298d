// Package i18n holds every word the product says to people, in English, Bulgarian and Russian, and
// writes dates, numbers and money the way each language does. It is a leaf: standard library only,
// so pages, mails and documents may all use it.
//
// # Catalogues
//
// A catalogue is web/i18n/<lang>/<area>.json, flat: {"key": "text"}. All areas share one namespace;
// a key starts with its area ("intake.import_title"), except the families that any area may extend:
//
//	fault.<code>      what a fault says to a person (see workflows/fault)
//	invalid.<code>    what is wrong with one field; shown beside it and in the error summary
//	status.<name>     a state in a badge; role.<name>, nav.<name>
//
// Each area is its own file so that two people rarely touch one. A key may stand in one file only.
//
// # Texts
//
// {name} is replaced by the argument of that name. {n|form|form} chooses a plural form by the
// argument n and does not print the number itself:
//
//	en "{n} {n|response|responses}"          one, other
//	bg "{n} {n|отговор|отговора}"            one, other
//	ru "{n} {n|отклик|отклика|откликов}"     one, few, many; a fraction takes the second form
//
// Arguments come in pairs: T("ru", "intake.found", "n", 12). Whole numbers and floats are written
// with the language's separators; strings stand as they are; anything else must be formatted first
// (DateTime, Money, Duration...). T returns plain text: html/template escapes it.
//
// A language is its two-letter code as a string. Anything unknown, "" too, reads as English.
//
// A missing key or argument panics under go test and, in production, shows the key and logs a
// warning (the key only, never an argument, which may be a name). catalogue_test.go holds that the
// three languages have the same keys with the same placeholders, the right number of plural forms and
// no empty text; a test of package web holds that something says each of them.
//
// # Times
//
// A moment is always written in a zone the caller names (the venue's zone for anything in person), and
// Moment ends with that zone's name, because a bare "10:30" has sent people to the wrong hour:
// "Thu 26 Nov, 10:30, Moscow time (UTC+3)". Clock times are 24-hour in all three languages.
package i18n

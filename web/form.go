package web

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/workflows/fault"
)

// Form carries what was typed and what is wrong with it back to the page, so that nobody types
// anything twice. Field partials read it by the field's name; the layout lists its errors on top.
// It belongs to one request.
type Form struct {
	Values map[string]string   // what stands in each field
	Many   map[string][]string // for fields with several values (check boxes)
	Errors map[string]string   // field -> code (see i18n.Invalid)
	Fault  string              // what is wrong with the whole, in words; may be empty

	labels []FieldError // in the order of the page, noted as fields are rendered
}

// FieldError is one line of the summary.
type FieldError struct{ Field, ID, Label, Code string }

// NewForm returns a form that shows values: an edit page's first showing. nil is an empty form.
func NewForm(values map[string]string) *Form {
	if values == nil {
		values = map[string]string{}
	}
	return &Form{Values: values, Many: map[string][]string{}, Errors: map[string]string{}}
}

// ReadForm reads the posted fields of these names (URL-encoded or multipart), trims them, and notes
// "invalid_text" for what no database can store: NUL, other control characters, broken UTF-8.
// Passwords are not trimmed: read those with c.FormValue, and they are not shown again.
func ReadForm(c *fiber.Ctx, names ...string) *Form {
	f := NewForm(nil)
	add := func(name, v string) {
		clean, ok := cleanText(v)
		if !ok {
			f.Errors[name] = "invalid_text"
		}
		f.Values[name] = clean
		f.Many[name] = append(f.Many[name], clean)
	}
	posted := map[string][]string{}
	if m, err := c.MultipartForm(); err == nil {
		posted = m.Value
	} else {
		for k, v := range c.Request().PostArgs().All() {
			posted[string(k)] = append(posted[string(k)], string(v))
		}
	}
	for _, name := range names {
		for _, v := range posted[name] {
			add(name, v)
		}
	}
	return f
}

// ReadQuery reads the filters of a list from the address. Nothing a filter can hold is worth a fault:
// what cannot be read is dropped. Personal text (a name searched for) belongs in a posted form instead.
func ReadQuery(c *fiber.Ctx, names ...string) *Form {
	f := NewForm(nil)
	for _, name := range names {
		for _, v := range c.Context().QueryArgs().PeekMulti(name) {
			if clean, ok := cleanText(string(v)); ok && clean != "" {
				f.Values[name] = clean
				f.Many[name] = append(f.Many[name], clean)
			}
		}
	}
	return f
}

// cleanText trims, makes line ends \n, and says whether a text may be stored.
func cleanText(s string) (string, bool) {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	ok := utf8.ValidString(s)
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || (unicode.IsControl(r) && r != '\n' && r != '\t') {
			ok = false
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s), ok
}

// Get returns a field's value, "" if there is none; safe on a nil form.
func (f *Form) Get(name string) string {
	if f == nil {
		return ""
	}
	return f.Values[name]
}

// Has reports whether value is among a field's values.
func (f *Form) Has(name, value string) bool {
	if f == nil {
		return false
	}
	return slices.Contains(f.Many[name], value) || f.Values[name] == value && value != ""
}

// Add notes a code for a field; the first stays.
func (f *Form) Add(name, code string) {
	if _, ok := f.Errors[name]; !ok {
		f.Errors[name] = code
	}
}

// OK reports whether nothing is wrong so far.
func (f *Form) OK() bool { return f == nil || len(f.Errors) == 0 && f.Fault == "" }

// Take puts a fault on the form if a correction can mend it: an Invalid one with its fields, or any
// fault whose words the caller wants above the form (give them in say; "" for none). It reports
// whether it did; if not, return the error as it is.
func (f *Form) Take(err error, say string) bool {
	e := fault.As(err)
	if e == nil {
		return false
	}
	if e.Kind == fault.Invalid && len(e.Fields) > 0 {
		for name, code := range e.Fields {
			f.Add(name, code)
		}
		return true
	}
	if say != "" && (e.Kind == fault.Invalid || e.Kind == fault.Conflict) {
		f.Fault = say
		return true
	}
	return false
}

// note records a field as it is rendered, so that the summary knows its label and place.
func (f *Form) note(name, id, label string) {
	if f != nil {
		f.labels = append(f.labels, FieldError{Field: name, ID: id, Label: label})
	}
}

// Summary lists the errors in the order of the page; those of fields the page does not show come last.
func (f *Form) Summary() []FieldError {
	if f == nil {
		return nil
	}
	var out []FieldError
	seen := map[string]bool{}
	for _, l := range f.labels {
		if code, bad := f.Errors[l.Field]; bad && !seen[l.Field] {
			seen[l.Field] = true
			l.Code = code
			out = append(out, l)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Errors)) {
		if !seen[name] {
			out = append(out, FieldError{Field: name, Code: f.Errors[name]})
		}
	}
	return out
}

// CommandID returns the form's command id: 1-255 printable ASCII characters, else a fault.
func CommandID(c *fiber.Ctx) (string, error) {
	id := c.FormValue("_command")
	if len(id) < 1 || len(id) > 255 || strings.ContainsFunc(id, func(r rune) bool { return r < '!' || r > '~' }) {
		return "", fault.New(fault.Invalid, "stale_form")
	}
	return id, nil
}

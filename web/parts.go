package web

import (
	"fmt"
	"html/template"
	"slices"
	"time"

	"github.com/stazh/stazh/web/i18n"
)

// Option is one choice of a select, of radios or of check boxes.
type Option struct {
	Value, Label, Hint string
	Disabled           bool
}

// Field is one input as templates/parts/field.html shows it; templates make it with {{field}}.
type Field struct {
	Form                   *Form
	Name, ID, Label, Hint  string
	Type                   string // text, email, tel, password, number, date, time, datetime-local, file, textarea, select, radios, checks, checkbox
	Value, Error           string
	Optional               bool
	Options                []Option
	Rows, Max              int
	Min, Upper, Step       string
	Width                  string // "s", "m", "l" or "" for the whole column
	Autocomplete, Mode     string
	Placeholder, Accept    string
	Suffix                 string
	Inline, Focus, Several bool
}

// Tab is one of a row of views of the same thing.
type Tab struct {
	Label, URL string
	Active     bool
	Count      int // shown when above zero
}

// Pager are the ways on from one page of a list; "" where there is none.
type Pager struct {
	First, Previous, Next string
	Rows                  int // on this page; 0 hides the count
}

// Event is a step of a timeline.
type Event struct {
	At    time.Time
	Title string
	Text  string
	Icon  string // "" draws a dot
	Tone  Tone
}

// Stat is a figure with its name.
type Stat struct {
	Label, Value, Note string
	Tone               Tone
	URL                string
}

// Empty is what a list shows instead of nothing.
type Empty struct{ Icon, Title, Text, URL, Action string }

// parts are the components: functions, so that a template writes {{badge "success" "Hired"}}.
func parts(lang string, s *set) template.FuncMap {
	say := func(key string) string { return i18n.T(lang, key) }
	return template.FuncMap{
		"field": func(form *Form, name, label string, options ...any) (template.HTML, error) {
			field, err := makeField(lang, form, name, label, options)
			if err != nil {
				return "", err
			}
			return s.part("field", field)
		},
		"badge": func(tone any, text string) (template.HTML, error) {
			return s.part("badge", map[string]any{"Tone": fmt.Sprint(tone), "Text": text})
		},
		"banner": func(tone any, text string) (template.HTML, error) {
			return s.part("banner", map[string]any{"Tone": fmt.Sprint(tone), "Text": text})
		},
		"bannericon": func(tone any) string {
			switch Tone(fmt.Sprint(tone)) {
			case Success:
				return "circle-check"
			case Warning:
				return "triangle-alert"
			case Danger:
				return "circle-alert"
			default:
				return "info"
			}
		},
		"tabs":  func(tabs []Tab) (template.HTML, error) { return s.part("tabs", tabs) },
		"pager": func(p Pager) (template.HTML, error) { return s.part("pager", p) },
		"timeline": func(events []Event, z *time.Location) (template.HTML, error) {
			return s.part("timeline", map[string]any{"Events": events, "Zone": z})
		},
		"stat":   func(st Stat) (template.HTML, error) { return s.part("stat", st) },
		"avatar": func(name string) (template.HTML, error) { return s.part("avatar", name) },
		"progress": func(label string, done, total int) (template.HTML, error) {
			return s.part("progress", map[string]any{"Label": label, "Done": done, "Total": total})
		},
		"search": func(action, name, value, label string) (template.HTML, error) {
			return s.part("search", map[string]string{"Action": action, "Name": name, "Value": value, "Label": say(label)})
		},
		// empty: icon, title key, text key ("" for none), then perhaps an address and an action key
		"empty": func(icon, title, text string, action ...string) (template.HTML, error) {
			e := Empty{Icon: icon, Title: say(title)}
			if text != "" {
				e.Text = say(text)
			}
			if len(action) == 2 {
				e.URL, e.Action = action[0], say(action[1])
			}
			return s.part("empty", e)
		},
		// tokens: the hidden fields of every posting form, session token and fresh command id
		"tokens": func(p *Page) (template.HTML, error) { return s.part("tokens", p) },
		"opt":    func(value, label string) Option { return Option{Value: value, Label: say(label)} },
		"opts":   func(options ...Option) []Option { return options },
	}
}

var fieldTypes = []string{
	"text", "email", "tel", "url", "password", "number", "date", "time", "datetime-local", "file", "search",
	"textarea", "select", "radios", "checks", "checkbox",
}

// makeField reads {{field .Form "name" "label.key" "option", value, ...}}.
func makeField(lang string, form *Form, name, label string, options []any) (Field, error) {
	f := Field{Form: form, Name: name, ID: "f-" + name, Label: i18n.T(lang, label), Type: "text", Rows: 4}
	if len(options)%2 != 0 {
		return f, fmt.Errorf("web: field %s: options come in pairs", name)
	}
	for i := 0; i < len(options); i += 2 {
		ok := true
		text := func(p *string) { *p, ok = options[i+1].(string) }
		whole := func(p *int) { *p, ok = options[i+1].(int) }
		yes := func(p *bool) { *p, ok = options[i+1].(bool) }
		switch options[i] {
		case "type":
			text(&f.Type)
		case "hint": // a catalogue key
			text(&f.Hint)
			if f.Hint != "" {
				f.Hint = i18n.T(lang, f.Hint)
			}
		case "id":
			text(&f.ID)
		case "value": // when the form has none yet
			text(&f.Value)
		case "optional":
			yes(&f.Optional)
		case "options":
			f.Options, ok = options[i+1].([]Option)
		case "rows":
			whole(&f.Rows)
		case "max": // length in characters
			whole(&f.Max)
		case "min":
			text(&f.Min)
		case "upper":
			text(&f.Upper)
		case "step":
			text(&f.Step)
		case "width":
			text(&f.Width)
		case "autocomplete":
			text(&f.Autocomplete)
		case "mode":
			text(&f.Mode)
		case "placeholder":
			text(&f.Placeholder)
		case "accept":
			text(&f.Accept)
		case "suffix":
			text(&f.Suffix)
		case "inline":
			yes(&f.Inline)
		case "focus":
			yes(&f.Focus)
		case "several":
			yes(&f.Several)
		default:
			return f, fmt.Errorf("web: field %s: no option %v", name, options[i])
		}
		if !ok {
			return f, fmt.Errorf("web: field %s: option %v does not take a %T", name, options[i], options[i+1])
		}
	}
	if !slices.Contains(fieldTypes, f.Type) {
		return f, fmt.Errorf("web: field %s: no type %q", name, f.Type)
	}
	if form != nil {
		if v, ok := form.Values[name]; ok {
			f.Value = v
		}
		if code := form.Errors[name]; code != "" {
			f.Error = i18n.Invalid(lang, code)
		}
	}
	if f.Type == "password" || f.Type == "file" {
		f.Value = "" // never sent back
	}
	first := f.ID
	if f.Type == "radios" || f.Type == "checks" {
		first += "-0"
	}
	form.note(name, first, f.Label)
	return f, nil
}

// Chosen reports whether a value is selected, for the template.
func (f Field) Chosen(value string) bool {
	if f.Type == "checks" || f.Type == "select" && f.Several {
		return f.Form.Has(f.Name, value)
	}
	return f.Value == value
}

// DescribedBy lists the ids of the hint and the error for aria-describedby.
func (f Field) DescribedBy() string {
	switch {
	case f.Hint != "" && f.Error != "":
		return f.ID + "-hint " + f.ID + "-error"
	case f.Hint != "":
		return f.ID + "-hint"
	case f.Error != "":
		return f.ID + "-error"
	default:
		return ""
	}
}

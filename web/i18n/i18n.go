package i18n

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Language codes; Default is what an unknown one reads as.
const (
	English   = "en"
	Bulgarian = "bg"
	Russian   = "ru"
	Default   = English
)

// Languages returns the codes in the order a switch shows them.
func Languages() []string { return []string{English, Bulgarian, Russian} }

// Known reports whether lang is one of Languages.
func Known(lang string) bool { return lang == English || lang == Bulgarian || lang == Russian }

// Name returns a language's name in that language ("Русский"); English's for an unknown code.
func Name(lang string) string {
	switch lang {
	case Bulgarian:
		return "Български"
	case Russian:
		return "Русский"
	default:
		return "English"
	}
}

// T returns the text of key in lang with args (name, value pairs) put in. See the package comment
// for what happens to a missing key or argument.
func T(lang, key string, args ...any) string {
	t, ok := lookup(lang, key)
	if !ok {
		complain("a text is missing", key)
		return key
	}
	if len(args) == 0 && len(t) == 1 && t[0].name == "" {
		return t[0].literal
	}
	return t.write(lang, key, func(name string) (any, bool) {
		for i := 0; i+1 < len(args); i += 2 {
			if args[i] == name {
				return args[i+1], true
			}
		}
		return nil, false
	})
}

// TMap is T with the arguments in a map, as a fault's details are.
func TMap(lang, key string, args map[string]string) string {
	t, ok := lookup(lang, key)
	if !ok {
		complain("a text is missing", key)
		return key
	}
	return t.write(lang, key, func(name string) (any, bool) { v, ok := args[name]; return v, ok })
}

// Has reports whether key has a text.
func Has(key string) bool {
	_, ok := lookup(English, key)
	return ok
}

// Fault returns the words for a fault's code and details; an unknown code reads as "internal" with a
// logged warning, because a person must never be shown a code.
func Fault(lang, code string, details map[string]string) string {
	key := "fault." + code
	if !Has(key) {
		complain("a fault has no words", key)
		key = "fault.internal"
	}
	return TMap(lang, key, details)
}

// Invalid returns the words for a field's code. A code may carry one argument after a colon:
// "too_long:200" reads "invalid.too_long.x" with {x} = 200.
func Invalid(lang, code string) string {
	name, x, has := strings.Cut(code, ":")
	key := "invalid." + name
	if has {
		if _, err := strconv.ParseFloat(x, 64); err == nil && lang != English {
			x = strings.Replace(x, ".", ",", 1)
		}
		return TMap(lang, key+".x", map[string]string{"x": x})
	}
	if !Has(key) {
		complain("a field code has no words", key)
		key = "invalid.invalid"
	}
	return T(lang, key)
}

// complain panics under go test, where a missing text is a mistake to mend, and warns elsewhere,
// where a page with one odd word is better than no page.
func complain(what, key string) {
	if testing.Testing() {
		panic("i18n: " + what + ": " + key)
	}
	slog.Warn("i18n: "+what, "key", key)
}

func (t text) write(lang, key string, arg func(string) (any, bool)) string {
	var b strings.Builder
	for _, p := range t {
		if p.name == "" {
			b.WriteString(p.literal)
			continue
		}
		v, ok := arg(p.name)
		if !ok {
			complain("an argument is missing", key+" {"+p.name+"}")
			b.WriteString("{" + p.name + "}")
			continue
		}
		if p.forms != nil {
			b.WriteString(p.forms[min(form(lang, v), len(p.forms)-1)])
			continue
		}
		b.WriteString(show(lang, v))
	}
	return b.String()
}

func show(lang string, v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return Number(lang, int64(v))
	case int32:
		return Number(lang, int64(v))
	case int64:
		return Number(lang, v)
	case float64:
		return Decimal(lang, v, 2)
	default:
		return fmt.Sprint(v)
	}
}

// form returns which plural form v takes: en and bg 0 one, 1 other; ru 0 one, 1 few, 2 many
// (Unicode CLDR plural rules; Russian "other", which is for fractions, shares the few form).
func form(lang string, v any) int {
	var n int64
	switch v := v.(type) {
	case int:
		n = int64(v)
	case int32:
		n = int64(v)
	case int64:
		n = v
	case float64:
		if v != float64(int64(v)) {
			return 1
		}
		n = int64(v)
	default:
		var err error
		if n, err = strconv.ParseInt(fmt.Sprint(v), 10, 64); err != nil {
			return 1
		}
	}
	if n < 0 {
		n = -n
	}
	if lang != Russian {
		if n == 1 {
			return 0
		}
		return 1
	}
	switch {
	case n%10 == 1 && n%100 != 11:
		return 0
	case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		return 1
	default:
		return 2
	}
}

// Arguments returns the names of the arguments that key's text needs.
func Arguments(key string) []string {
	t, _ := lookup(English, key)
	var names []string
	for _, p := range t {
		if p.name != "" {
			names = append(names, p.name)
		}
	}
	return names
}

// Keys returns every key, sorted: for tests that hold other places to the catalogues.
func Keys() []string { return slices.Sorted(maps.Keys(loaded()[English])) }

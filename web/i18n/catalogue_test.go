package i18n

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestCataloguesAgree holds what makes a page in one language as complete as in another.
func TestCataloguesAgree(t *testing.T) {
	forms := map[string]int{English: 2, Bulgarian: 2, Russian: 3}
	type place struct{ area, text string }
	all := map[string]map[string]place{}
	for _, lang := range Languages() {
		areas, err := read(lang)
		if err != nil {
			t.Fatal(err)
		}
		all[lang] = map[string]place{}
		for _, a := range areas {
			for key, s := range a.texts {
				if other, taken := all[lang][key]; taken {
					t.Errorf("%s: %q stands in %s and in %s", lang, key, other.area, a.name)
				}
				all[lang][key] = place{a.name, s}
				if strings.TrimSpace(s) == "" {
					t.Errorf("%s/%s: %q is empty", lang, a.name, key)
				}
				if left := placeholder.ReplaceAllString(s, ""); strings.ContainsAny(left, "{}") {
					t.Errorf("%s/%s: %q has a brace that is no placeholder: %s", lang, a.name, key, s)
				}
				for _, p := range parse(s) {
					if p.forms != nil && len(p.forms) != forms[lang] {
						t.Errorf("%s/%s: %q has %d plural forms, want %d", lang, a.name, key, len(p.forms), forms[lang])
					}
				}
			}
		}
	}
	for _, lang := range []string{Bulgarian, Russian} {
		for key, en := range all[English] {
			other, ok := all[lang][key]
			if !ok {
				t.Errorf("%s/%s: %q is missing", lang, en.area, key)
				continue
			}
			if other.area != en.area {
				t.Errorf("%q stands in %s in English and in %s in %s", key, en.area, other.area, lang)
			}
			if a, b := placeholders(en.text), placeholders(other.text); !slices.Equal(a, b) {
				t.Errorf("%s/%s: %q has placeholders %v, English %v", lang, en.area, key, b, a)
			}
		}
		for key, p := range all[lang] {
			if _, ok := all[English][key]; !ok {
				t.Errorf("en/%s: %q is missing (it stands in %s)", p.area, key, lang)
			}
		}
	}
}

// placeholders are the names a text needs; whether one is shown or only chooses a form may differ.
func placeholders(s string) []string {
	names := map[string]bool{}
	for _, p := range parse(s) {
		if p.name != "" {
			names[p.name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// TestNamesStandAlone holds that no Russian sentence wants a name in a case it is not kept in: after a
// preposition it stands behind "company" or the like, or the sentence is turned round.
func TestNamesStandAlone(t *testing.T) {
	bent := regexp.MustCompile(`(?i)(^|[^\p{L}])(в|на|с|со|у|для|от|до|за|к|ко|о|об|из|по|при|про|под|над|без|перед|между|через|вместо|кроме) «?\{(name|names|person|staff|company|vacancy|venue|place|title|where|by_name)\}`)
	areas, err := read(Russian)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range areas {
		for key, s := range a.texts {
			if bent.MatchString(s) {
				t.Errorf("ru/%s: %q puts a name after a preposition: %s", a.name, key, s)
			}
		}
	}
}

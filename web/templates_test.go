package web

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stazh/stazh/web/i18n"
)

var (
	templateAction = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	attributes     = regexp.MustCompile(`^( ?[a-z-]+="[^"]*")+$`) // a part that is nothing but attributes
	htmlTag        = regexp.MustCompile(`(?s)<[^>]*>`)
	keyArgument    = regexp.MustCompile(`"([a-z_]+\.[a-z0-9_.]+)"`)
	spoken         = regexp.MustCompile(`(?:aria-label|title|placeholder|alt|data-confirm|data-label)="([^"]*)"`)
	inlined        = regexp.MustCompile(`(?i)\sstyle\s*=|<style|\s(?:data-)?on[a-z-]+\s*=|javascript:|<script(?:>|\s[^>]*>)\s*[^<\s]`)
)

// TestTemplatesSpeakThroughCatalogues holds that no template has words of its own, that every key it
// names exists, and that none has inline script or style, nor a data-on... attribute, which html/template takes
// for a script and writes in JavaScript quotes.
func TestTemplatesSpeakThroughCatalogues(t *testing.T) {
	families := map[string]bool{}
	for _, key := range i18n.Keys() {
		family, _, _ := strings.Cut(key, ".")
		families[family] = true
	}
	seen := 0
	err := fs.WalkDir(templateFiles, "templates", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := templateFiles.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		source := string(b)
		for _, action := range templateAction.FindAllString(source, -1) {
			for _, m := range keyArgument.FindAllStringSubmatch(action, -1) {
				family, _, _ := strings.Cut(m[1], ".")
				if families[family] && !i18n.Has(m[1]) && !strings.HasSuffix(m[1], ".js") && !strings.HasSuffix(m[1], ".css") {
					t.Errorf("%s: no text %q", path, m[1])
				}
			}
		}
		still := templateAction.ReplaceAllString(source, "")
		if m := inlined.FindString(still); m != "" {
			t.Errorf("%s: inline script or style: %q", path, m)
		}
		if strings.Contains(path, "page/styleguide") {
			return nil // samples, dev only
		}
		for _, m := range spoken.FindAllStringSubmatch(still, -1) {
			if strings.IndexFunc(m[1], unicode.IsLetter) >= 0 {
				t.Errorf("%s: words outside the catalogues: %q", path, m[0])
			}
		}
		for line := range strings.SplitSeq(htmlTag.ReplaceAllString(still, "\n"), "\n") {
			if word := strings.TrimSpace(line); !attributes.MatchString(word) && strings.IndexFunc(word, unicode.IsLetter) >= 0 && word != "Esc" && len([]rune(word)) > 1 {
				t.Errorf("%s: words outside the catalogues: %q", path, word)
			}
		}
		return nil
	})
	if err != nil || seen == 0 {
		t.Fatalf("%d templates, %v", seen, err)
	}
}

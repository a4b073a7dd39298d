package web

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stazh/stazh/web/i18n"
)

// quoted is a literal that may be a key or a part of one: up to where an argument or an option begins.
var quoted = regexp.MustCompile("[\"`]([a-z0-9_.-]+)(?:[:%,][^\"`\n]*)?[\"`]")

// computed are the keys that are made of what is no literal: a zone's name, an HTTP status, a score.
var computed = regexp.MustCompile(`^(zone\.(europe|asia)_[a-z]+|problem\.[0-9]{3}_(title|do)|decision\.anchor_[a-z]+_[1-5])$`)

// composed are the beginnings of keys that have no dot where they are put together: the words of a page
// that several batches share.
var composed = []string{"import", "bulk", "reject", "bulk_shortlist"}

// TestEveryTextIsUsed holds that no catalogue keeps words that nothing says any more: each key stands in a
// template or in Go as it is, or can be put together of literals that do.
func TestEveryTextIsUsed(t *testing.T) {
	literals := map[string]bool{}
	err := fs.WalkDir(os.DirFS(".."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != "." && strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"testdata", "static", "docs"}, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".html") && !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := fs.ReadFile(os.DirFS(".."), path)
		for _, m := range quoted.FindAllSubmatch(source, -1) {
			literals[string(m[1])] = true
		}
		return err
	})
	delete(literals, "_") // would join any two words
	if err != nil || len(literals) == 0 {
		t.Fatalf("%d literals, %v", len(literals), err)
	}
	for _, key := range i18n.Keys() {
		if !literals[key] && !computed.MatchString(key) && !isComposed(literals, key) {
			t.Errorf("nothing says %q: delete it from the three catalogues", key)
		}
	}
}

// isComposed reports whether a key is a beginning that stands in the source as one ("fault.", "decision.anchor_")
// and then literals: a code, and what is put behind it.
func isComposed(literals map[string]bool, key string) bool {
	for i := range key {
		if begin, rest := key[:i], key[i:]; strings.Contains(begin, ".") && strings.ContainsAny(begin[i-1:], "._") && literals[begin] && isJoined(literals, rest) ||
			slices.Contains(composed, begin) && literals[rest] {
			return true
		}
	}
	return false
}

// isJoined reports whether s is one literal or several, cut where a dot or an underscore is.
func isJoined(literals map[string]bool, s string) bool {
	if literals[s] {
		return true
	}
	for i := 1; i < len(s); i++ {
		if strings.ContainsAny(s[i-1:i+1], "._") && literals[s[:i]] && isJoined(literals, s[i:]) {
			return true
		}
	}
	return false
}

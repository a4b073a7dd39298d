package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed en/*.json bg/*.json ru/*.json
var files embed.FS

// piece is a run of plain text, or a placeholder, or a choice of plural forms by a placeholder.
type piece struct {
	literal string
	name    string
	forms   []string
}

type text []piece

// catalogue is one language's keys. Texts are parsed once, at first use: about a millisecond in all.
type catalogue map[string]text

var loaded = sync.OnceValue(func() map[string]catalogue {
	all := map[string]catalogue{}
	for _, lang := range Languages() {
		raw, err := read(lang)
		if err != nil {
			panic("i18n: " + err.Error()) // an embedded file that the catalogue test would have refused
		}
		c := catalogue{}
		for _, area := range raw {
			for key, s := range area.texts {
				if _, taken := c[key]; !taken {
					c[key] = parse(s)
				}
			}
		}
		all[lang] = c
	}
	return all
})

type area struct {
	name  string
	texts map[string]string
}

// read returns a language's areas in the order of their names.
func read(lang string) ([]area, error) {
	names, err := fs.Glob(files, lang+"/*.json")
	if err != nil {
		return nil, err
	}
	var areas []area
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		a := area{name: path.Base(name)}
		if err := json.Unmarshal(b, &a.texts); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		areas = append(areas, a)
	}
	return areas, nil
}

func lookup(lang, key string) (text, bool) {
	all := loaded()
	c, ok := all[lang]
	if !ok {
		c = all[Default]
	}
	t, ok := c[key]
	return t, ok
}

var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9_]*)(\|[^{}]*)?\}`)

func parse(s string) text {
	var t text
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(s, -1) {
		if m[0] > at {
			t = append(t, piece{literal: s[at:m[0]]})
		}
		p := piece{name: s[m[2]:m[3]]}
		if m[4] >= 0 {
			p.forms = strings.Split(s[m[4]+1:m[5]], "|")
		}
		t = append(t, p)
		at = m[1]
	}
	if at < len(s) || len(t) == 0 {
		t = append(t, piece{literal: s[at:]})
	}
	return t
}

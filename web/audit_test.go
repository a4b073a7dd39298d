package web

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stazh/stazh/web/i18n"
)

var (
	commandName = regexp.MustCompile(`(?:Command|Step)\[.*\]\s*= "([a-z]+\.[a-z_]+)"`)
	storeStep   = regexp.MustCompile(`"((?:staff|application|interview|intake|company|policy)\.[a-z_]+)"`)
)

// TestEveryStepHasWords reads the names of steps where they are written: one without words would stand
// on the audit page as its code.
func TestEveryStepHasWords(t *testing.T) {
	found := 0
	look := func(pattern string, name *regexp.Regexp) {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range name.FindAllStringSubmatch(string(source), -1) {
				found++
				if !strings.HasSuffix(m[1], ".load") && !i18n.Has("journal."+m[1]) {
					t.Errorf("%s: no text journal.%s", file, m[1])
				}
			}
		}
	}
	look("../workflows/*.go", commandName)
	look("../activities/store/*.go", storeStep)
	if found < 30 {
		t.Fatal("the patterns no longer fit the source:", found)
	}
}

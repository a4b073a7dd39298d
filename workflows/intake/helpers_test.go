package intake

import (
	"archive/zip"
	"bytes"
	"maps"
	"slices"
	"testing"
)

// zipOf makes an archive of files of so many blanks.
func zipOf(t testing.TB, sizes map[string]int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	blank := bytes.Repeat([]byte(" "), 1<<16)
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for left := sizes[name]; left > 0; left -= len(blank) {
			if _, err := w.Write(blank[:min(left, len(blank))]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

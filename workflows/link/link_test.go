package link

import (
	"strings"
	"testing"

	"github.com/stazh/stazh/workflows/fault"
)

func TestTokens(t *testing.T) {
	old := Keys{1: []byte(strings.Repeat("a", 32))}
	rotated := Keys{1: old[1], 2: []byte(strings.Repeat("b", 32))}
	id := [16]byte{1, 2, 3}
	token := old.Token(Application, id, 4)
	if got, err := ID(token); err != nil || got != id {
		t.Fatal(got, err)
	}
	if old.Token(Application, id, 4) != token {
		t.Fatal("a token rendered again is the same")
	}
	if rotated.Token(Application, id, 4) == token {
		t.Fatal("the newest key signs")
	}
	for name, c := range map[string]struct {
		keys       Keys
		token      string
		purpose    string
		generation int
		ok         bool
	}{
		"good":             {old, token, Application, 4, true},
		"after rotation":   {rotated, token, Application, 4, true},
		"other purpose":    {old, token, Password, 4, false},
		"other generation": {old, token, Application, 5, false},
		"key gone":         {Keys{2: rotated[2]}, token, Application, 4, false},
		"cut":              {old, token[:len(token)-2], Application, 4, false},
		"changed":          {old, "A" + token[1:len(token)-1] + "A", Application, 4, false},
		"empty":            {old, "", Application, 4, false},
		"not base64":       {old, strings.Repeat("%", 66), Application, 4, false},
	} {
		err := c.keys.Verify(c.token, c.purpose, c.generation)
		if (err == nil) != c.ok || err != nil && fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseKeys(t *testing.T) {
	hexKey := strings.Repeat("0f", 32)
	keys, err := ParseKeys("1:" + hexKey + ", 12:" + hexKey)
	if err != nil || len(keys) != 2 || len(keys[12]) != 32 {
		t.Fatal(keys, err)
	}
	for _, bad := range []string{"", hexKey, "1:abcd", "x:" + hexKey, "256:" + hexKey, ":" + hexKey, "1:zz"} {
		if _, err := ParseKeys(bad); err == nil {
			t.Errorf("%q passed", bad)
		}
	}
}

package intake

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Every code and field has words in every language, so that no page shows a key.
func TestCataloguesKnowEveryCode(t *testing.T) {
	var keys []string
	for _, c := range Codes() {
		keys = append(keys, "fault."+c)
	}
	for _, c := range WarningCodes() {
		keys = append(keys, "intake."+c)
	}
	for _, f := range FieldList() {
		keys = append(keys, "intake.field."+string(f))
	}
	for _, e := range Encodings() {
		keys = append(keys, "intake.encoding."+string(e))
	}
	for _, lang := range []string{"en", "bg", "ru"} {
		body, err := os.ReadFile(filepath.Join("..", "..", "web", "i18n", lang, "intake.json"))
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]string{}
		if err := json.Unmarshal(body, &texts); err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			if texts[k] == "" {
				t.Errorf("%s: %q is missing", lang, k)
			}
		}
	}
}

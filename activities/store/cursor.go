package store

import (
	"encoding/base64"
	"encoding/json"

	"github.com/stazh/stazh/workflows/fault"
)

// cursor writes the sort key of a page's last row as an opaque text for the next page's address.
func cursor(parts ...string) string {
	raw, _ := json.Marshal(parts) // strings only: cannot fail
	return base64.RawURLEncoding.EncodeToString(raw)
}

// readCursor reads what cursor wrote; n parts or fault invalid bad_cursor. An empty text is no cursor: nil.
func readCursor(text string, n int) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	var parts []string
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &parts) != nil || len(parts) != n || CheckText(parts...) != nil {
		return nil, fault.New(fault.Invalid, "bad_cursor")
	}
	return parts, nil
}

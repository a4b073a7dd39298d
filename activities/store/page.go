package store

import (
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/fault"
)

// MaxPage is how many rows a page of a list has at most; DefaultPage where the caller names none.
const (
	MaxPage     = 200
	DefaultPage = 50
)

// Page asks for a part of a list: at most Limit rows (0: DefaultPage) after Cursor, which is what the
// part before returned; empty begins at the start.
type Page struct {
	Cursor string
	Limit  int
}

func (p Page) limit() int {
	if p.Limit <= 0 {
		return DefaultPage
	}
	return min(p.Limit, MaxPage)
}

// timeCursor is a place in a list ordered by a time and, within it, an id.
func timeCursor(at time.Time, id uuid.UUID) string {
	return cursor(at.UTC().Format(time.RFC3339Nano), id.String())
}

// readTimeCursor returns the place and whether there is one. Fault invalid bad_cursor.
func readTimeCursor(text string) (at time.Time, id uuid.UUID, ok bool, err error) {
	parts, err := readCursor(text, 2)
	if err != nil || parts == nil {
		return at, id, false, err
	}
	at, err = time.Parse(time.RFC3339Nano, parts[0])
	if err == nil {
		id, err = uuid.Parse(parts[1])
	}
	if err != nil || at.Year() < 1900 || at.Year() > 9999 {
		return at, id, false, fault.New(fault.Invalid, "bad_cursor")
	}
	return at, id, true, nil
}

// cut takes the one row too many that a list query asked for as the sign that more follow, and returns
// the cursor of the last row kept; empty at the end of the list.
func cut[T any](rows []T, limit int, place func(T) string) ([]T, string) {
	if len(rows) <= limit {
		return rows, ""
	}
	rows = rows[:limit]
	return rows, place(rows[limit-1])
}

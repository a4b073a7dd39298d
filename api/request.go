package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
)

// PageInput asks for a part of a list. (Embedded inputs are exported because huma reads no others.)
type PageInput struct {
	Cursor string `query:"cursor" maxLength:"600" doc:"next of the page before; empty begins at the start."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many items at most."`
}

func (p PageInput) page() store.Page { return store.Page{Cursor: p.Cursor, Limit: p.Limit} }

// List is a part of a list.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next" doc:"Cursor of the next page; empty at the end."`
}

// listOutput answers with a part of a list.
type listOutput[T any] struct{ Body List[T] }

// listOf converts a page of rows.
func listOf[R, T any](rows []R, next string, convert func(R) T) *listOutput[T] {
	out := &listOutput[T]{Body: List[T]{Items: make([]T, 0, len(rows)), Next: next}}
	for _, row := range rows {
		out.Body.Items = append(out.Body.Items, convert(row))
	}
	return out
}

// one answers with one thing.
type one[T any] struct{ Body T }

// IDInput names the subject.
type IDInput struct {
	ID string `path:"id" format:"uuid" maxLength:"36" doc:"Its id." example:"3fa85f64-5717-4562-b3fc-2c963f66afa6"`
}

// uuid parses an id that huma has checked; one it lets through all the same names nothing.
func (i IDInput) uuid() uuid.UUID { return parseID(i.ID) }

func parseID(text string) uuid.UUID {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil
	}
	return id
}

// KeyInput carries the key of a command.
type KeyInput struct {
	Key string `header:"Idempotency-Key" doc:"1 to 255 printable characters. The same key again gets the same answer and nothing is done twice; left out, each request is a command of its own." example:"decide-3fa85f64-1"`
}

// by returns who commands under which key. Faults: invalid bad_key, bad_text.
func (k KeyInput) by(p auth.Principal) (workflows.By, error) {
	if k.Key == "" {
		return workflows.By{Actor: p.Actor(), Key: uuid.NewString()}, nil
	}
	if err := store.CheckText(k.Key); err != nil {
		return workflows.By{}, err
	}
	return workflows.By{Actor: p.Actor(), Key: k.Key}, workflows.CheckKey(k.Key)
}

// screen refuses, before the router and before anything is read, what no operation takes: compressed
// bodies (510 KiB of gzip becomes 2.2 GiB before a limit sees it), addresses that are none, and text the
// database cannot hold.
func screen(c *fiber.Ctx) error {
	if e := strings.TrimSpace(c.Get(fiber.HeaderContentEncoding)); e != "" && !strings.EqualFold(e, "identity") {
		return fiber.ErrUnsupportedMediaType
	}
	raw := c.Request().RequestURI()
	if len(raw) > 8<<10 {
		return fiber.ErrRequestURITooLong
	}
	u, err := url.ParseRequestURI(string(raw))
	if err != nil {
		return fiber.ErrBadRequest
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return fiber.ErrBadRequest
	}
	if err := store.CheckText(u.Path); err != nil {
		return err
	}
	for name, values := range query {
		if err := store.CheckText(append(values, name)...); err != nil {
			return err
		}
	}
	return c.Next()
}

// errBadText marks a body with a NUL or invalid UTF-8; validation knows it again.
var errBadText = errors.New("bad_text")

// jsonFormat is JSON whose texts the database can hold.
var jsonFormat = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		if !utf8.Valid(data) {
			return errBadText
		}
		if err := json.Unmarshal(data, v); err != nil {
			return err
		}
		if whole, ok := v.(*any); ok && bytes.Contains(data, []byte(`\u0000`)) && hasNUL(*whole) {
			return errBadText
		}
		return nil
	},
}

// hasNUL looks through decoded JSON.
func hasNUL(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.ContainsRune(v, 0)
	case []any:
		for _, one := range v {
			if hasNUL(one) {
				return true
			}
		}
	case map[string]any:
		for name, one := range v {
			if strings.ContainsRune(name, 0) || hasNUL(one) {
				return true
			}
		}
	}
	return false
}

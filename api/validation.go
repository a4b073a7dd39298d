package api

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/workflows/fault"
)

// validation turns huma's findings into the shape of ours. Messages and values are dropped: they quote
// what was sent.
func validation(code int, errs []error) error {
	if code == http.StatusUnsupportedMediaType {
		return fiber.NewError(code)
	}
	f := &fault.Error{Kind: fault.Invalid, Code: "invalid_input", Fields: map[string]string{}}
	for _, err := range errs {
		var d huma.ErrorDetailer
		if !errors.As(err, &d) || len(f.Fields) >= 50 {
			continue
		}
		detail := d.ErrorDetail()
		if detail.Message == errBadText.Error() {
			return fault.New(fault.Invalid, "bad_text")
		}
		if detail.Location == "body" && code == http.StatusBadRequest {
			return withStatus{fault.New(fault.Invalid, "bad_json"), code}
		}
		field, found := fieldCode(detail)
		if _, there := f.Fields[field]; !there {
			f.Fields[field] = found
		}
	}
	return f
}

var (
	requiredName = regexp.MustCompile(`^expected required property (.+) to be present$`)
	limitOf      = regexp.MustCompile(`-?\d+(\.\d+)?$`)
	plainField   = regexp.MustCompile(`^[A-Za-z0-9_.\[\]-]{1,100}$`)
)

// fieldCode reads one of huma's findings. The codes are those of forms (web/i18n, "invalid.<code>"),
// some with one argument after a colon.
func fieldCode(d *huma.ErrorDetail) (field, code string) {
	field = d.Location
	for _, where := range []string{"body.", "query.", "path.", "header.", "form."} {
		field = strings.TrimPrefix(field, where)
	}
	message := d.Message
	if m := requiredName.FindStringSubmatch(message); m != nil {
		if field == "body" || field == "" {
			field = m[1]
		} else {
			field += "." + m[1]
		}
		return field, "required"
	}
	if !plainField.MatchString(field) {
		field = "?" // the name itself is what was sent
	}
	limit := limitOf.FindString(message)
	for _, known := range []struct{ begins, code string }{
		{"required ", "required"},
		{"unexpected property", "unknown_field"},
		{"unknown query parameter", "unknown_field"},
		{"expected length >=", "too_short:" + limit},
		{"expected length <=", "too_long:" + limit},
		{"expected number >=", "too_small:" + limit},
		{"expected number <=", "too_large:" + limit},
		{"expected number >", "out_of_range"},
		{"expected number <", "out_of_range"},
		{"expected array length", "out_of_range"},
		{"expected array items to be unique", "twice"},
		{"expected value to be one of", "invalid_choice"},
		{"expected string to be RFC 4122 uuid", "not_an_id"},
		{"expected string to be RFC 3339", "invalid_time"},
	} {
		if strings.HasPrefix(message, known.begins) {
			return field, known.code
		}
	}
	return field, "invalid"
}

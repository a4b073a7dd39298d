package api_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/staff"
)

func TestVenuePhoto(t *testing.T) {
	b := newBench(t, 0)
	path := "/api/v1/venues/" + b.Venue.String()
	var door bytes.Buffer
	if err := png.Encode(&door, image.NewGray(image.Rect(0, 0, 30, 10))); err != nil {
		t.Fatal(err)
	}
	send := func(role staff.Role, to, version, file string, headers ...string) answer {
		t.Helper()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("file", "вход.png")
		if err == nil {
			_, err = part.Write([]byte(file))
		}
		if err == nil && version != "" {
			err = form.WriteField("version", version)
		}
		if err == nil {
			err = form.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.call(role, "POST", to+"/photo", body.String(), append([]string{"Content-Type", form.FormDataContentType()}, headers...)...)
	}
	b.refused(404, "not_found", staff.Receptionist, "GET", path+"/photo", nil)
	b.refused(401, "unauthenticated", "", "GET", path+"/photo", nil)
	b.refused(404, "not_found", staff.Payroll, "GET", path+"/photo", nil)
	for _, c := range []struct {
		status              int
		code, field         string
		role                staff.Role
		path, version, file string
	}{
		{401, "unauthenticated", "", "", path, "1", door.String()},
		{404, "not_found", "", staff.Receptionist, path, "1", door.String()},
		{404, "not_found", "", staff.HR, "/api/v1/venues/" + uuid.NewString(), "1", door.String()},
		{422, "invalid_input", "version", staff.HR, path, "", door.String()},
		{422, "invalid_input", "version", staff.HR, path, "0", door.String()},
		{422, "invalid_input", "file", staff.HR, path, "1", "%PDF-1.7"},
		{422, "invalid_input", "file", staff.HR, path, "1", ""},
		{409, "stale_form", "", staff.HR, path, "9", door.String()},
		{422, "invalid_input", "file", staff.HR, path, "1", strings.Repeat("x", 10<<20+1)},
	} {
		if got := send(c.role, c.path, c.version, c.file); got.status != c.status || got.text("code") != c.code || c.field != "" && got.text("fields", c.field) == "" {
			t.Errorf("%+v: %d %s", c.path+" "+c.version, got.status, got.raw)
		}
	}
	first := send(staff.HR, path, "1", door.String(), "Idempotency-Key", "p")
	if again := send(staff.HR, path, "1", door.String(), "Idempotency-Key", "p"); first.status != 200 || first.text("version") != "2" || again.raw != first.raw {
		t.Fatal(first.raw, again.raw)
	}
	if got := send(staff.HR, path, "1", door.String()+"x", "Idempotency-Key", "p"); got.status != 422 || got.text("code") != "key_reused" {
		t.Error(got.raw)
	}
	if v := b.want(200, staff.Receptionist, "GET", path, nil); v.text("photo") != "true" {
		t.Error(v.raw)
	}
	got := b.want(200, staff.Interviewer, "GET", path+"/photo", nil)
	if size, kind, err := image.DecodeConfig(strings.NewReader(got.raw)); err != nil || kind != "jpeg" || size.Width != 30 || got.header.Get("Content-Type") != "image/jpeg" {
		t.Error(size, kind, err, got.header)
	}
	b.refused(404, "not_found", staff.Receptionist, "POST", path+"/photo/remove", `{"version":2}`)
	b.refused(422, "invalid_input", staff.HR, "POST", path+"/photo/remove", `{}`)
	b.refused(409, "stale_form", staff.HR, "POST", path+"/photo/remove", `{"version":1}`)
	b.refused(404, "not_found", staff.HR, "POST", "/api/v1/venues/"+uuid.NewString()+"/photo/remove", `{"version":1}`)
	b.want(200, staff.HR, "POST", path+"/photo/remove", `{"version":2}`)
	b.refused(404, "not_found", staff.HR, "GET", path+"/photo", nil)
	doc := b.want(http.StatusOK, "", "GET", "/openapi.json", nil)
	if !strings.Contains(doc.raw, `"image/jpeg":{`) {
		t.Error("the document does not say that the photo is one")
	}
}

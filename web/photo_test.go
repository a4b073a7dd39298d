package web

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/link"
	"github.com/stazh/stazh/workflows/staff"
)

func pngOf(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sendFile posts a file as a browser does from the page at from, with that page's hidden fields.
func (f *firm) sendFile(role staff.Role, from, to, name string, body []byte, fields ...string) (*http.Response, string) {
	f.Helper()
	_, page := do(f.T, f.app, "GET", from, "", "Cookie", f.as(role))
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		if m[1] != "version" {
			f.command(form.WriteField(m[1], m[2]))
		}
	}
	for i := 0; i+1 < len(fields); i += 2 {
		f.command(form.WriteField(fields[i], fields[i+1]))
	}
	if name != "" {
		part, err := form.CreateFormFile("file", name)
		f.command(err)
		_, err = part.Write(body)
		f.command(err)
	}
	f.command(form.Close())
	return do(f.T, f.app, "POST", to, b.String(), "Cookie", f.as(role), "Sec-Fetch-Site", "same-origin", "Content-Type", form.FormDataContentType())
}

// From the venue's form to the candidate's page and reception's card, and away again.
func TestVenuePhoto(t *testing.T) {
	f := newFirm(t, 1)
	f.pages.Keys = link.Keys{1: bytes.Repeat([]byte("k"), 32)}
	id, session := f.session(1)
	place := f.booked(id, 1)[0]
	venue := "/venues/" + f.Venue.String()
	page := "/c/" + f.pages.Keys.Token(link.Application, place.ApplicationID, 1)

	_, shown := f.get(staff.HR, venue)
	wantPage(t, shown, "Photo of the place", "Add the photo", `enctype="multipart/form-data"`)
	for name, file := range map[string][]byte{"not_a.jpg": []byte("<svg onload=alert(1)>"), "empty.png": {}, "": nil} {
		res, answer := f.sendFile(staff.HR, venue, venue+"/photo", name, file, "version", "1")
		f.want(res, answer, http.StatusUnprocessableEntity, "Head office", `aria-invalid="true"`)
	}
	res, answer := f.sendFile(staff.HR, venue, venue+"/photo", "door.png", pngOf(t, 20, 10), "version", "7")
	f.want(res, answer, http.StatusUnprocessableEntity, "This has changed since you opened the page")
	if code, _ := f.get(staff.Receptionist, venue+"/photo"); code != http.StatusNotFound {
		t.Error("a picture that is not there:", code)
	}
	_, shown = do(t, f.app, "GET", page, "")
	if strings.Contains(shown, page+"/photo") {
		t.Error("a picture that is not there is shown")
	}
	res, answer = f.sendFile(staff.HR, venue, venue+"/photo", "door.png", pngOf(t, 20, 10), "version", "1")
	f.want(res, answer, http.StatusSeeOther)
	_, shown = f.get(staff.HR, venue, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, shown, "The photo was saved.", `src="`+venue+`/photo?v=`, `alt="The place from outside: Head office"`, "Replace the photo", "Remove the photo")

	// Who is expected there, and reception, see it; by no other way can it be had.
	for _, one := range []string{page, page + "/find"} {
		res, shown = do(t, f.app, "GET", one, "", "Accept-Language", "ru")
		f.want(res, shown, http.StatusOK, `src="`+page+"/photo?v=", `alt="Место снаружи: Head office"`)
	}
	_, shown = f.get(staff.Receptionist, session+"/day")
	wantPage(t, shown, `src="`+venue+`/photo?v=`)
	for path, cookie := range map[string]string{page + "/photo": "x=y", venue + "/photo": f.as(staff.Receptionist)} {
		res, body := do(t, f.app, "GET", path, "", "Cookie", cookie)
		if _, kind, err := image.DecodeConfig(strings.NewReader(body)); res.StatusCode != 200 || err != nil || kind != "jpeg" || res.Header.Get("Content-Type") != "image/jpeg" {
			t.Error(path, res.StatusCode, kind, err, res.Header)
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(res.Header.Get("Cache-Control"), "private") {
			t.Error(res.Header)
		}
	}
	res, _ = do(t, f.app, "GET", venue+"/photo", "")
	if res.StatusCode != http.StatusSeeOther && res.StatusCode != http.StatusUnauthorized {
		t.Error("a stranger gets it:", res.StatusCode)
	}
	for _, path := range []string{"/c/" + uuid.NewString() + "/photo", venue[:len(venue)-1] + "x/photo"} {
		if res, _ = do(t, f.app, "GET", path, "", "Cookie", f.as(staff.HR)); res.StatusCode != http.StatusNotFound {
			t.Error(path, res.StatusCode)
		}
	}
	if res, _ = do(t, f.app, fiber.MethodHead, page+"/photo", ""); res.StatusCode != 200 {
		t.Error("HEAD", res.StatusCode)
	}

	// A second tab is told; then it is gone.
	res, _ = f.post(staff.HR, venue, venue+"/photo/remove", map[string][]string{"version": {"1"}})
	_, shown = f.get(staff.HR, venue, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, shown, "This has changed since you opened the page", venue+"/photo?v=")
	res, _ = f.post(staff.HR, venue, venue+"/photo/remove", map[string][]string{"version": {"2"}})
	_, shown = f.get(staff.HR, venue, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, shown, "The photo was removed.", "Add the photo")
	res, shown = do(t, f.app, "GET", page+"/photo", "")
	f.want(res, shown, http.StatusNotFound)
}

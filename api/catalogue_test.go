package api_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/staff"
)

func TestCatalogue(t *testing.T) {
	b := newBench(t, 2)
	bodies := map[string]map[string]any{
		"profiles": {"title": "Bank", "duties": "Sells", "requirements": []any{map[string]any{"kind": "skill", "text": "1C", "must": true}}},
		"sources":  {"name": "SuperJob", "kind": "board"},
		"venues":   {"name": "Branch", "city": "Sofia", "zone": "Europe/Sofia", "address": "Vitosha 1", "room": 9},
		"vacancies": {
			"profile": b.Profile, "title": "Manager", "city": "Sofia", "zone": "Europe/Sofia", "language": "bg", "headcount": 2, "pay_level": 1,
			"sources": []any{map[string]any{"source": b.Source, "cost_minor": 100, "currency": "BGN"}},
		},
	}
	for many, body := range bodies {
		path := "/api/v1/" + many
		made := b.want(201, staff.HR, "POST", path, body, "Idempotency-Key", many)
		if again := b.want(201, staff.HR, "POST", path, body, "Idempotency-Key", many); again.raw != made.raw {
			t.Fatal(many, again.raw)
		}
		b.refused(404, "not_found", staff.Receptionist, "POST", path, body)
		b.refused(422, "invalid_input", staff.HR, "POST", path, `{}`)
		row := path + "/" + made.text("id")
		b.want(200, staff.Interviewer, "GET", row, nil)
		b.refused(404, "not_found", staff.Interviewer, "GET", path+"/"+uuid.NewString(), nil)
		b.refused(422, "invalid_input", staff.HR, "PUT", row, body)
		body["version"] = 1
		if changed := b.want(200, staff.HR, "PUT", row, body); changed.text("version") != "2" {
			t.Fatal(many, changed.raw)
		}
		b.refused(409, "stale_form", staff.HR, "PUT", row, body)
		n := len(b.want(200, staff.HR, "GET", path, nil).items())
		if n < 1 || n > 2 {
			t.Errorf("%s: %d", many, n)
		}
		if many == "vacancies" {
			b.want(200, staff.HR, "POST", row+"/state", `{"version":2,"state":"closed"}`)
			if closed := b.want(200, staff.HR, "GET", path+"?state=closed", nil).items(); len(closed) != 1 {
				t.Fatal(closed)
			}
			continue
		}
		b.want(200, staff.HR, "POST", row+"/archive", `{"version":2}`)
		b.refused(409, "stale_form", staff.HR, "POST", row+"/archive", `{"version":2}`)
		b.want(200, staff.HR, "POST", row+"/restore", `{"version":3}`)
	}
	got := b.want(200, staff.HR, "GET", "/api/v1/vacancies/"+b.Vacancy.String(), nil)
	if got.text("counts", "responded") != "2" {
		t.Error(got.raw)
	}
	results := b.want(200, staff.Director, "GET", "/api/v1/vacancies/"+b.Vacancy.String()+"/sources", nil).items()
	if len(results) != 1 || fmt.Sprint(results[0]["responses"]) != "2" || fmt.Sprint(results[0]["cost_minor"]) != "500000" {
		t.Error(results)
	}
}

func TestResponses(t *testing.T) {
	b := newBench(t, 1)
	body := map[string]any{"vacancy": b.Vacancy, "name": "Петрова Анна", "email": "anna@example.net", "acknowledge": true}
	made := b.want(201, staff.HR, "POST", "/api/v1/responses", body, "Idempotency-Key", "r")
	if made.text("outcome") != "added" {
		t.Fatal(made.raw)
	}
	if again := b.want(201, staff.HR, "POST", "/api/v1/responses", body, "Idempotency-Key", "r"); again.raw != made.raw {
		t.Fatal(again.raw)
	}
	if twice := b.want(201, staff.HR, "POST", "/api/v1/responses", body); twice.text("outcome") != "repeated" {
		t.Fatal(twice.raw)
	}
	body["email"] = "anna at example"
	bad := b.refused(422, "invalid_input", staff.HR, "POST", "/api/v1/responses", body)
	if bad.text("fields", "email") != "email_invalid" || strings.Contains(bad.raw, "anna at") {
		t.Fatal(bad.raw)
	}
	body["email"], body["vacancy"] = "anna@example.net", uuid.NewString()
	b.refused(404, "not_found", staff.HR, "POST", "/api/v1/responses", body)

	// A bulk rejection.
	made = b.want(201, staff.HR, "POST", "/api/v1/rejections", map[string]any{"applications": []string{made.text("application"), b.Applications[0].String()}, "reason": "headcount_filled"})
	b.want(201, staff.HR, "POST", "/api/v1/shortlistings", map[string]any{"applications": []string{b.Applications[0].String()}})
	b.refused(422, "invalid_input", staff.HR, "POST", "/api/v1/shortlistings", `{"applications":["x"]}`)
	b.refused(422, "invalid_input", staff.HR, "POST", "/api/v1/rejections", `{"applications":["x"],"reason":"other"}`)
	b.want(200, staff.HR, "POST", "/api/v1/batches/"+made.text("id")+"/start", nil)
	if left := b.want(200, staff.HR, "GET", "/api/v1/applications?decision=reject", nil).items(); len(left) != 2 {
		t.Fatal(left)
	}
}

// upload sends a multipart form; a part named file is a file.
func (b *bench) upload(role staff.Role, parts ...string) answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(parts); i += 2 {
		if parts[i] == "file" {
			file, err := form.CreateFormFile("file", "отклики.csv")
			if err != nil {
				b.t.Fatal(err)
			}
			if _, err := file.Write([]byte(parts[i+1])); err != nil {
				b.t.Fatal(err)
			}
		} else if err := form.WriteField(parts[i], parts[i+1]); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.call(role, "POST", "/api/v1/imports", body.String(), "Content-Type", form.FormDataContentType())
}

func TestImport(t *testing.T) {
	b := newBench(t, 1)
	const file = "ФИО;Почта;Телефон\nПетрова Анна;anna@example.net;\nСидоров Иван;;+79161234567\nБез контакта;;\nIvanov Ivan;ivan1@example.net;\n"
	vacancy := b.Vacancy.String()
	made := b.upload(staff.HR, "file", file, "vacancy", vacancy, "source", b.Source.String())
	if made.status != 201 || made.text("state") != "preview" || made.text("total") != "4" {
		t.Fatal(made.status, made.raw)
	}
	path := "/api/v1/batches/" + made.text("id")
	preview := b.want(200, staff.HR, "GET", path+"/preview?limit=3", nil)
	rows, _ := preview.body["rows"].([]any)
	if len(rows) != 3 || preview.text("refused") != "1" || preview.text("next") == "" || rows[2].(map[string]any)["code"] != "row_no_contact" {
		t.Fatal(preview.raw)
	}
	rest := b.want(200, staff.HR, "GET", path+"/preview?limit=3&cursor="+preview.text("next"), nil)
	if rows, _ := rest.body["rows"].([]any); len(rows) != 1 || rows[0].(map[string]any)["outcome"] != "repeated" || rest.text("next") != "" {
		t.Fatal(rest.raw)
	}
	settings := made.body["settings"]
	b.want(200, staff.HR, "PUT", path, map[string]any{"version": 1, "settings": settings})
	b.refused(409, "stale_form", staff.HR, "PUT", path, map[string]any{"version": 1, "settings": settings})
	b.want(200, staff.HR, "POST", path+"/start", nil)
	b.refused(409, "batch_started", staff.HR, "POST", path+"/start", nil)
	done := b.want(200, staff.HR, "GET", path, nil)
	if done.text("state") != "done" || done.text("added") != "2" || done.text("repeated") != "1" || done.text("refused") != "1" {
		t.Fatal(done.raw)
	}
	report := b.want(200, staff.HR, "GET", path+"/rows?limit=2", nil)
	if len(report.items()) != 2 || report.items()[0]["name"] != "Петрова Анна" {
		t.Fatal(report.raw)
	}
	if more := b.want(200, staff.HR, "GET", path+"/rows?limit=2&cursor="+report.text("next"), nil); len(more.items()) != 2 || more.text("next") != "" {
		t.Fatal(more.raw)
	}
	if refused := b.want(200, staff.HR, "GET", path+"/rows?outcome=refused", nil).items(); len(refused) != 1 {
		t.Fatal(refused)
	}
	b.refused(422, "bad_cursor", staff.HR, "GET", path+"/rows?cursor=zzz", nil)
	b.want(200, staff.HR, "POST", "/api/v1/applications/"+fmt.Sprint(report.items()[0]["application"])+"/shortlist", `{}`)
	b.want(200, staff.HR, "POST", path+"/revert", nil)
	if back := b.want(200, staff.HR, "GET", path, nil); back.text("state") != "reverted" || back.text("reverted") != "1" || back.text("kept") != "1" {
		t.Fatal(back.raw)
	}
	if list := b.want(200, staff.HR, "GET", "/api/v1/batches?vacancy="+vacancy, nil).items(); len(list) != 1 {
		t.Fatal(list)
	}
}

func TestUploadsThatAreNone(t *testing.T) {
	b := newBench(t, 0)
	vacancy := b.Vacancy.String()
	for name, c := range map[string]struct {
		status int
		code   string
		parts  []string
	}{
		"no file":       {422, "invalid_input", []string{"vacancy", vacancy}},
		"no vacancy":    {422, "invalid_input", []string{"file", "a;b\n1;2\n"}},
		"not an id":     {422, "invalid_input", []string{"file", "a;b\n1;2\n", "vacancy", "x"}},
		"empty":         {422, "file_empty", []string{"file", "", "vacancy", vacancy}},
		"no columns":    {422, "invalid_input", []string{"file", "a;b\n1;2\n", "vacancy", vacancy}},
		"bad mapping":   {422, "invalid_input", []string{"file", "name;email\nA;a@b.co\n", "vacancy", vacancy, "mapping", "{"}},
		"no such":       {404, "not_found", []string{"file", "name;email\nA B;a@b.co\n", "vacancy", uuid.NewString()}},
		"bad text":      {422, "bad_text", []string{"file", "name;email\nA B;a@b.co\n", "vacancy", vacancy, "sheet", "a\x00b"}},
		"no source":     {422, "invalid_input", []string{"file", "name;email\nA B;a@b.co\n", "vacancy", vacancy, "source", uuid.NewString()}},
		"unknown field": {422, "invalid_input", []string{"file", "name;email\nA B;a@b.co\n", "vacancy", vacancy, "mapping", `{"nonsense":"name"}`}},
		"bad header":    {422, "header_row_unknown", []string{"file", "name;email\nA B;a@b.co\n", "vacancy", vacancy, "header_row", "99"}},
	} {
		if got := b.upload(staff.HR, c.parts...); got.status != c.status || got.text("code") != c.code {
			t.Errorf("%s: %d %s", name, got.status, got.raw)
		}
	}
	for _, kind := range []string{"multipart/form-data", "multipart/form-data; boundary=x", "application/json", "text/plain"} {
		if got := b.call(staff.HR, "POST", "/api/v1/imports", "--x\r\nbroken", "Content-Type", kind); got.status < 400 || got.status >= 500 {
			t.Errorf("%s: %d %s", kind, got.status, got.raw)
		}
	}
}

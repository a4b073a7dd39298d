package web

import (
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/api/auth"
)

func TestRegisteredRoutesStandInTheMatrix(t *testing.T) {
	frame := New(Options{Dev: true})
	app := fiber.New(fiber.Config{Immutable: true, CaseSensitive: true, StrictRouting: true, ErrorHandler: frame.Problem})
	matrix := auth.NewMatrix(&auth.Accounts{Options: auth.Options{Origin: "https://stazh.example"}})
	frame.Register(auth.Routes{App: app, Matrix: matrix})
	matrix.Guard(app)
	if wrong := matrix.Compare(app); len(wrong) != 0 {
		t.Fatal(wrong)
	}
	if res, _ := do(t, app, "GET", "/styleguide", ""); res.StatusCode != 200 {
		t.Errorf("the style guide: %d", res.StatusCode)
	}
	if res, _ := do(t, app, "HEAD", frame.assets.byName["app.css"], ""); res.StatusCode != 200 {
		t.Errorf("HEAD of an asset: %d", res.StatusCode)
	}
	// a candidate's page has no referrer, so its forms come with Origin: null
	if res, _ := do(t, app, "POST", "/preferences", "lang=ru", "Origin", "null"); res.StatusCode != 303 {
		t.Errorf("a candidate's choice of language: %d", res.StatusCode)
	}
	if res, _ := do(t, app, "POST", "/preferences", "lang=ru", "Sec-Fetch-Site", "cross-site"); res.StatusCode != 403 {
		t.Errorf("another site's choice of language: %d", res.StatusCode)
	}
}

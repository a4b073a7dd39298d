package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
)

//go:embed static
var staticFiles embed.FS

// sheets are the style sheet's parts in the order of the cascade; they are served as one app.css.
var sheets = []string{"tokens", "base", "layout", "controls", "form", "table", "parts", "chart", "intake", "hiring", "board", "plan", "report", "candidate", "account", "print"}

type asset struct {
	body, zipped []byte
	kind, etag   string
}

// assets serves the embedded static files under names that carry their content's hash, so browsers
// keep them for a year and a new build needs no cache to be emptied. Not c.SendFile: see DESIGN.
type assets struct {
	byName map[string]string // "app.css" -> "/static/app.1f2e3d4c5b.css"
	byURL  map[string]asset
}

var kinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".woff2": "font/woff2", ".png": "image/png", ".ico": "image/x-icon", ".webmanifest": "application/manifest+json",
}

var cssURL = regexp.MustCompile(`url\("([^"]+)"\)`)

func loadAssets() *assets {
	a := &assets{byName: map[string]string{}, byURL: map[string]asset{}}
	must := func(err error) {
		if err != nil {
			panic("web: " + err.Error())
		}
	}
	must(fs.WalkDir(staticFiles, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || kinds[path.Ext(name)] == "" || path.Ext(name) == ".css" {
			return err
		}
		body, err := staticFiles.ReadFile(name)
		a.add(strings.TrimPrefix(name, "static/"), body)
		return err
	}))
	var css bytes.Buffer
	for _, name := range sheets {
		b, err := staticFiles.ReadFile("static/css/" + name + ".css")
		must(err)
		css.Write(b)
	}
	a.add("app.css", cssURL.ReplaceAllFunc(css.Bytes(), func(m []byte) []byte {
		name := string(cssURL.FindSubmatch(m)[1])
		u, ok := a.byName[name]
		if !ok {
			panic("web: app.css names a missing file: " + name)
		}
		return []byte(`url("` + u + `")`)
	}))
	return a
}

func (a *assets) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:5])
	ext := path.Ext(name)
	u := "/static/" + strings.TrimSuffix(name, ext) + "." + hash + ext
	file := asset{body: body, kind: kinds[ext], etag: `"` + hash + `"`}
	if ext == ".css" || ext == ".js" || ext == ".svg" {
		var b bytes.Buffer
		w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a valid constant
		_, err := w.Write(body)
		if err == nil && w.Close() == nil && b.Len() < len(body) {
			file.zipped = b.Bytes()
		}
	}
	a.byName[name], a.byURL[u] = u, file
}

// url returns an asset's address; an unknown name is a mistake in a template.
func (a *assets) url(name string) (string, error) {
	u, ok := a.byName[name]
	if !ok {
		return "", fmt.Errorf("web: no static file %q", name)
	}
	return u, nil
}

// serve answers GET and HEAD /static/*.
func (a *assets) serve(c *fiber.Ctx) error {
	file, ok := a.byURL[c.Path()]
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderETag, file.etag)
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	if c.Get(fiber.HeaderIfNoneMatch) == file.etag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, file.kind)
	if file.zipped != nil {
		c.Vary(fiber.HeaderAcceptEncoding)
		if c.AcceptsEncodings("gzip", "identity") == "gzip" {
			c.Set(fiber.HeaderContentEncoding, "gzip")
			return c.Send(file.zipped)
		}
	}
	return c.Send(file.body)
}

// hasIcon reports whether the sprite has a symbol of this name.
func (a *assets) hasIcon(name string) bool {
	return bytes.Contains(a.byURL[a.byName["icons.svg"]].body, []byte(`<symbol id="`+name+`" `))
}

package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"strings"

	"github.com/gofiber/fiber/v2"
)

//go:embed templates
var templateFiles embed.FS

// set is one language's templates: the parts and layouts, and for each page a copy of them with the
// page's own "content" and perhaps "actions". One set per language lets {{t "key"}} know its language without being told.
type set struct {
	parts *template.Template
	pages map[string]*template.Template
}

// parse reads every template for one language; it panics on a template that does not parse.
func (f *Frame) parse(lang string) *set {
	s := &set{pages: map[string]*template.Template{}}
	base := template.New("").Funcs(f.funcs(lang, s)).Option("missingkey=error")
	must := func(err error) {
		if err != nil {
			panic("web: " + err.Error())
		}
	}
	add := func(t *template.Template, path string) {
		b, err := templateFiles.ReadFile(path)
		must(err)
		_, err = t.New(strings.TrimSuffix(strings.TrimPrefix(path, "templates/"), ".html")).Parse(string(b))
		must(err)
	}
	var pages []string
	must(fs.WalkDir(templateFiles, "templates", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case strings.HasPrefix(path, "templates/parts/"), strings.HasPrefix(path, "templates/layout/"):
			add(base, path)
		default:
			pages = append(pages, path)
		}
		return nil
	}))
	var err error
	for _, path := range pages {
		t, cloneErr := base.Clone()
		must(cloneErr)
		add(t, path)
		s.pages[strings.TrimSuffix(strings.TrimPrefix(path, "templates/"), ".html")] = t
	}
	s.parts, err = base.Clone() // a set of its own: parts are rendered while a page is
	must(err)
	return s
}

// part renders one of templates/parts for a template function.
func (s *set) part(name string, data any) (template.HTML, error) {
	var b bytes.Buffer
	if err := s.parts.ExecuteTemplate(&b, "parts/"+name, data); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil // #nosec G203 -- html/template's own output
}

// HTML renders templates/<name>.html, which defines "content", in its layout and sends it. Nothing is
// sent before everything is rendered, so a fault leaves no half page; it is returned as an error for
// the ErrorHandler.
func (f *Frame) HTML(c *fiber.Ctx, status int, name string, p Page) error {
	f.fill(c, &p)
	if p.Flash == nil {
		p.Flash = f.takeFlash(c)
	}
	body, err := f.render(name, &p)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Vary("Cookie", fiber.HeaderAcceptLanguage, "HX-Request")
	if p.Layout == Candidate {
		c.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
		c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	}
	c.Set(fiber.HeaderContentLanguage, p.Lang)
	c.Type("html", "utf-8")
	return c.Status(status).Send(body)
}

// render makes the content first: fields name their labels to the form as they are rendered, and the
// layout then lists the form's faults by those labels above the content.
func (f *Frame) render(name string, p *Page) ([]byte, error) {
	s, ok := f.sets[p.Lang]
	if !ok {
		return nil, fmt.Errorf("web: no templates in language %q", p.Lang)
	}
	t, ok := s.pages[name]
	if !ok {
		return nil, fmt.Errorf("web: no page template %q", name)
	}
	var content, actions, whole bytes.Buffer
	if err := t.ExecuteTemplate(&content, "content", p); err != nil {
		return nil, err
	}
	p.Content = template.HTML(content.String()) // #nosec G203 -- html/template's own output
	if t.Lookup("actions") != nil {
		if err := t.ExecuteTemplate(&actions, "actions", p); err != nil {
			return nil, err
		}
		p.Actions = template.HTML(actions.String()) // #nosec G203 -- html/template's own output
	}
	if err := t.ExecuteTemplate(&whole, "layout/"+string(p.Layout), p); err != nil {
		return nil, err
	}
	return whole.Bytes(), nil
}

// Fragment renders one {{define}}d block of a page without layout, for htmx and live updates.
func (f *Frame) Fragment(c *fiber.Ctx, status int, name, block string, p Page) error {
	f.fill(c, &p)
	body, err := f.Block(name, block, p)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Type("html", "utf-8")
	return c.Status(status).Send(body)
}

// Block renders a block for a page whose Lang, Zone and Now are set: for the live stream, which has no
// request at hand when the news comes.
func (f *Frame) Block(name, block string, p Page) ([]byte, error) {
	s, ok := f.sets[p.Lang]
	if !ok {
		return nil, fmt.Errorf("web: no templates in language %q", p.Lang)
	}
	t, ok := s.pages[name]
	if !ok {
		return nil, fmt.Errorf("web: no page template %q", name)
	}
	if p.newID == nil {
		p.newID = f.opt.NewID
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, block, &p); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

package web

import (
	"io"
	"path"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/intake"
)

func (p *Pages) ratesUpload(c *fiber.Ctx) error {
	form := ReadForm(c)
	act, err := p.act(c)
	if err != nil {
		return err
	}
	name, body, err := attendanceUpload(c)
	if err == nil {
		var saved store.Saved
		if saved, err = p.Catalog.StartAttendance(c.UserContext(), act, name, body); err == nil {
			return p.Frame.Redirect(c, ratesImportsPath+"/"+saved.ID.String())
		}
	}
	if !p.takeFile(c, form, err) {
		return err
	}
	return p.showRatesImports(c, fiber.StatusUnprocessableEntity, form)
}

// takeFile puts on the form what is wrong with a file; it reports whether it was the file's fault.
func (p *Pages) takeFile(c *fiber.Ctx, form *Form, err error) bool {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return false
	}
	return form.Take(err, i18n.Fault(p.Frame.Lang(c), f.Code, f.Details))
}

func attendanceUpload(c *fiber.Ctx) (string, []byte, error) {
	header, err := c.FormFile("file")
	if err != nil || header.Size == 0 {
		var f fault.Fields
		f.Add("file", "choose_file")
		return "", nil, f.Err()
	}
	if header.Size > intake.MaxBytes {
		return "", nil, fault.New(fault.Invalid, "file_too_large", "limit", strconv.Itoa(intake.MaxBytes>>20))
	}
	file, err := header.Open()
	if err != nil {
		return "", nil, err
	}
	defer file.Close() //nolint:errcheck // read only
	body, err := io.ReadAll(file)
	name, ok := cleanText(path.Base(header.Filename))
	if !ok || len([]rune(name)) > 200 {
		name = "upload" + path.Ext(name)
	}
	return name, body, err
}

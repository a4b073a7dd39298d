package intake

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/stazh/stazh/workflows/fault"
)

// maxZipEntries is far above any real workbook (sheets, styles, pictures).
const maxZipEntries = 2000

var errBroken = fault.New(fault.Invalid, "file_broken")

// book is an XLSX: a zip of XML parts (ECMA-376). Only the parts with names and values are opened.
type book struct {
	files    map[string]*zip.File
	left     int64 // bytes that may still be unpacked, over all parts and passes
	sheets   []sheet
	shared   []string
	date1904 bool
}

type sheet struct{ name, part string }

// openBook checks the archive before anything is unpacked and reads its list of sheets and its strings.
func openBook(body []byte) (*book, error) {
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, errBroken
	}
	tooLarge := limitFault("file_unpacks_too_large", MaxUnpacked>>20)
	if len(z.File) > maxZipEntries {
		return nil, tooLarge
	}
	b := &book{files: map[string]*zip.File{}}
	var total uint64
	for _, e := range z.File {
		if e.UncompressedSize64 > MaxUnpacked {
			return nil, tooLarge
		}
		total += e.UncompressedSize64
		b.files[strings.ToLower(strings.ReplaceAll(e.Name, `\`, "/"))] = e
	}
	if total > MaxUnpacked {
		return nil, tooLarge
	}
	// An honest workbook is unpacked once at most, whatever sheet the table is on.
	b.left = int64(total) + 1<<20
	if b.files["xl/workbook.xml"] == nil {
		if b.files["[content_types].xml"] != nil && b.files["word/document.xml"] == nil {
			return nil, errBroken
		}
		return nil, fault.New(fault.Invalid, "file_not_table")
	}
	targets, err := b.relations()
	if err != nil {
		return nil, err
	}
	if err := b.workbook(targets); err != nil {
		return nil, err
	}
	return b, b.strings(targets[sharedStrings])
}

// sharedStrings is the key of their part among the relations; no relation's id has a slash.
const sharedStrings = "/sharedStrings"

// relations maps ids to the parts they point at.
func (b *book) relations() (map[string]string, error) {
	targets := map[string]string{sharedStrings: "xl/sharedstrings.xml"}
	err := b.each("xl/_rels/workbook.xml.rels", func(_ *part, e element) error {
		if e.name != "Relationship" {
			return nil
		}
		target := strings.ToLower(strings.ReplaceAll(e.attr("Target"), `\`, "/"))
		if !strings.HasPrefix(target, "/") {
			target = "/xl/" + target
		}
		target = path.Clean(target)[1:]
		targets[e.attr("Id")] = target
		if strings.HasSuffix(e.attr("Type"), sharedStrings) {
			targets[sharedStrings] = target
		}
		return nil
	})
	return targets, err
}

func (b *book) workbook(targets map[string]string) error {
	return b.each("xl/workbook.xml", func(_ *part, e element) error {
		switch e.name {
		case "workbookPr":
			b.date1904 = e.attr("date1904") == "1" || e.attr("date1904") == "true"
		case "sheet":
			s := sheet{e.attr("name"), targets[e.attr("id")]}
			hidden := strings.HasSuffix(strings.ToLower(e.attr("state")), "hidden")
			if s.name != "" && !hidden && b.files[s.part] != nil && len(b.sheets) < 256 {
				b.sheets = append(b.sheets, s)
			}
		}
		return nil
	})
}

// strings reads the shared strings. They are cleaned here, once: cleaned in each cell that uses
// it, one long string would be copied as often as there are cells.
func (b *book) strings(name string) error {
	if b.files[name] == nil {
		return nil
	}
	return b.each(name, func(p *part, e element) error {
		if e.name != "si" {
			return nil
		}
		s, err := p.text("si", "t")
		if err != nil {
			return err
		}
		b.shared = append(b.shared, cleanCell(s))
		return nil
	})
}

// each calls visit for every opening element of a part; a part that is missing has none.
func (b *book) each(name string, visit func(*part, element) error) error {
	if b.files[name] == nil {
		return nil
	}
	p, err := b.open(name)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // a zip entry in memory
	for {
		e, err := p.token()
		if err == nil && e.start {
			err = visit(p, e)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (b *book) open(name string) (*part, error) {
	f := b.files[name]
	if f == nil {
		return nil, errBroken
	}
	r, err := f.Open()
	if err != nil {
		return nil, errBroken
	}
	return &part{xml: xml.NewDecoder(&budget{r, &b.left}), Closer: r}, nil
}

// budget ends a read that goes past the archive's allowance, whatever sizes it declared.
type budget struct {
	r    io.Reader
	left *int64
}

func (b *budget) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if *b.left -= int64(n); *b.left < 0 {
		return 0, limitFault("file_unpacks_too_large", MaxUnpacked>>20)
	}
	return n, err
}

// part is one XML file being read.
type part struct {
	xml *xml.Decoder
	io.Closer
}

// element is an opening or closing tag without its name space.
type element struct {
	name  string
	start bool
	attrs []xml.Attr
	data  xml.CharData // text, when name is ""
}

// attr returns an attribute by its local name.
func (e element) attr(name string) string {
	for _, a := range e.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// token returns the next tag or text: io.EOF at the end, a fault for a broken or too large file.
func (p *part) token() (element, error) {
	for {
		t, err := p.xml.RawToken()
		if err != nil {
			if f := fault.As(err); f != nil {
				return element{}, f
			}
			if errors.Is(err, io.EOF) {
				return element{}, io.EOF
			}
			return element{}, errBroken
		}
		switch t := t.(type) {
		case xml.StartElement:
			return element{name: t.Name.Local, start: true, attrs: t.Attr}, nil
		case xml.EndElement:
			return element{name: t.Name.Local}, nil
		case xml.CharData:
			return element{data: t}, nil
		}
	}
}

// text gathers the text of the elements called kinds, up to the end of the element called end. Reading
// aids (rPh) are left out. What is longer than a row may be is cut: the row is refused then anyway.
func (p *part) text(end string, kinds ...string) (string, error) {
	var out []byte
	inside, aside := false, false
	for {
		e, err := p.token()
		if err != nil {
			return "", err
		}
		switch {
		case e.name == "" && inside && !aside && len(out) <= MaxRecordBytes:
			out = append(out, e.data[:min(len(e.data), MaxRecordBytes+1)]...)
		case e.name == end && !e.start:
			return unescape(string(out)), nil
		case e.name == "rPh":
			aside = e.start
		case slices.Contains(kinds, e.name):
			inside = e.start
		}
	}
}

// unescape undoes the way Excel writes line ends inside cells (ECMA-376 part 1, 22.9.2.19).
func unescape(s string) string {
	if !strings.Contains(s, "_x000") {
		return s
	}
	return strings.NewReplacer("_x000D_", "\r", "_x000A_", "\n", "_x000d_", "\r", "_x000a_", "\n", "_x0009_", "\t").Replace(s)
}

package intake

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Encoding names how a text file's bytes stand for letters.
type Encoding string

// The encodings Read knows. Latin-1 is read as its superset Windows-1252, as browsers do.
const (
	UTF8        Encoding = "utf-8"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	Windows1251 Encoding = "windows-1251"
	Windows1252 Encoding = "windows-1252"
)

// Encodings lists what a person may choose from.
func Encodings() []Encoding { return []Encoding{UTF8, UTF16LE, UTF16BE, Windows1251, Windows1252} }

func (e Encoding) known() bool {
	switch e {
	case UTF8, UTF16LE, UTF16BE, Windows1251, Windows1252:
		return true
	}
	return false
}

var (
	bomUTF8 = []byte("\xEF\xBB\xBF")
	bomLE   = []byte("\xFF\xFE")
	bomBE   = []byte("\xFE\xFF")
)

// detectEncoding trusts a byte order mark, then zero bytes (UTF-16 without a mark), then validity as
// UTF-8, which text in a one-byte encoding practically never has, and last the letters themselves.
func detectEncoding(b []byte) Encoding {
	switch {
	case bytes.HasPrefix(b, bomUTF8):
		return UTF8
	case bytes.HasPrefix(b, bomLE):
		return UTF16LE
	case bytes.HasPrefix(b, bomBE):
		return UTF16BE
	}
	if e := zeroPattern(b); e != "" {
		return e
	}
	if utf8.Valid(b) || mostlyUTF8(b) {
		return UTF8
	}
	if looksCyrillic(b) {
		return Windows1251
	}
	return Windows1252
}

// zeroPattern finds UTF-16 by delimiters, digits and line ends: their high byte is zero and sits on
// one side only. Cyrillic letters have no zero byte, so a few per cent are enough.
func zeroPattern(b []byte) Encoding {
	b = b[:min(len(b), 64<<10)]
	var even, odd int
	for i, c := range b {
		if c == 0 {
			if i%2 == 0 {
				even++
			} else {
				odd++
			}
		}
	}
	switch few := len(b)/64 + 1; {
	case odd > few && odd > 8*even:
		return UTF16LE
	case even > few && even > 8*odd:
		return UTF16BE
	}
	return ""
}

// mostlyUTF8 says yes to UTF-8 with a few broken places (a file cut in the middle of a letter, two
// exports glued together): at least 20 good sequences for each broken byte.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		b = b[n:]
	}
	return good >= 20*bad
}

// frequentCyrillic marks the nine most frequent letters of Russian and Bulgarian prose (о е а и н т с
// р в: two thirds of running text) at their Windows-1251 places. In Windows-1252 the same bytes are î å à è í ò ñ
// ð â, of which Western text uses two or three.
var frequentCyrillic = func() (set [256]bool) {
	for _, c := range []byte{0xEE, 0xE5, 0xE0, 0xE8, 0xED, 0xF2, 0xF1, 0xF0, 0xE2} {
		set[c], set[c-0x20] = true, true
	}
	return set
}()

// looksCyrillic tells Windows-1251 from Windows-1252. Cyrillic words are runs of high bytes, Western
// ones have single high bytes between ASCII letters; the frequency of letters decides when runs do not.
func looksCyrillic(b []byte) bool {
	var inRun, alone, frequent, letters int
	high := func(c byte) bool { return c >= 0xC0 || c == 0xA8 || c == 0xB8 }
	ascii := func(c byte) bool { c |= 0x20; return c >= 'a' && c <= 'z' }
	for i, c := range b {
		if !high(c) {
			continue
		}
		letters++
		if frequentCyrillic[c] {
			frequent++
		}
		var prev, next byte
		if i > 0 {
			prev = b[i-1]
		}
		if i+1 < len(b) {
			next = b[i+1]
		}
		switch {
		case high(prev) || high(next):
			inRun++
		case ascii(prev) || ascii(next):
			alone++
		}
	}
	if inRun == alone {
		return frequent*2 > letters
	}
	return inRun > alone
}

// decode returns UTF-8 text without a byte order mark, and how many places could not be read. Those
// become U+FFFD, which cleanCell drops.
func (e Encoding) decode(b []byte) (string, int) {
	switch e {
	case UTF16LE:
		return decodeUTF16(bytes.TrimPrefix(b, bomLE), binary.LittleEndian)
	case UTF16BE:
		return decodeUTF16(bytes.TrimPrefix(b, bomBE), binary.BigEndian)
	case Windows1251:
		return decodeBytes(b, charmap.Windows1251)
	case Windows1252:
		return decodeBytes(b, charmap.Windows1252)
	}
	b = bytes.TrimPrefix(b, bomUTF8)
	if utf8.Valid(b) {
		return string(b), 0
	}
	lost := 0
	var out strings.Builder
	out.Grow(len(b))
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			lost++
		}
		out.WriteRune(r)
		b = b[n:]
	}
	return out.String(), lost
}

func decodeBytes(b []byte, m *charmap.Charmap) (string, int) {
	var table [256]string
	for i := range table {
		table[i] = string(m.DecodeByte(byte(i)))
	}
	size, lost := 0, 0
	for _, c := range b {
		size += len(table[c])
		if table[c] == "\uFFFD" {
			lost++
		}
	}
	var out strings.Builder
	out.Grow(size)
	for _, c := range b {
		if c < utf8.RuneSelf {
			out.WriteByte(c)
		} else {
			out.WriteString(table[c])
		}
	}
	return out.String(), lost
}

func decodeUTF16(b []byte, order binary.ByteOrder) (string, int) {
	lost := len(b) % 2
	var out strings.Builder
	out.Grow(len(b))
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(order.Uint16(b[i:]))
		if utf16.IsSurrogate(r) {
			pair := rune(utf8.RuneError)
			if i+3 < len(b) {
				pair = utf16.DecodeRune(r, rune(order.Uint16(b[i+2:])))
			}
			if pair == utf8.RuneError {
				lost++
			} else {
				i += 2
			}
			r = pair
		}
		out.WriteRune(r)
	}
	return out.String(), lost
}

// notTable names what a text that is no table is, by its first bytes.
func notTable(text string) string {
	head := strings.ToLower(strings.TrimSpace(text[:min(len(text), 512)]))
	for _, p := range []string{"<!doctype", "<html", "<table", "<?xml", "<meta", "<head"} {
		if strings.HasPrefix(head, p) {
			return "file_is_html"
		}
	}
	for _, p := range []string{"%pdf", "{\\rtf", "rar!", "7z\xBC"} {
		if strings.HasPrefix(head, p) {
			return "file_not_table"
		}
	}
	controls := 0
	sample := text[:min(len(text), 4096)]
	for i := range len(sample) {
		if c := sample[i]; c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
			controls++
		}
	}
	// A stray NUL or form feed is common in exports; one character in ten is not.
	if controls*10 > len(sample) {
		return "file_not_table"
	}
	return ""
}

// invisible says which characters no cell may carry: they hide differences, turn text around or
// break a database statement. New lines and tabs stay (comments have them).
func invisible(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < 0x20 || r >= 0x7F && r < 0xA0 || r == 0xAD || r == 0xFEFF || r == utf8.RuneError:
		return true
	case r == 0x200B || r == 0x200E || r == 0x200F:
		return true
	case r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x206F:
		return true
	}
	return unicode.Is(unicode.Noncharacter_Code_Point, r)
}

// cleanCell drops invisible characters, unifies line ends and spaces, takes off our own export's
// formula guard and trims.
func cleanCell(s string) string {
	for i := range len(s) {
		// C2: C1 controls, no-break space; E2: zero width and direction marks; E3, EF, F0 and up: the rest.
		if c := s[i]; c < 0x20 || c == 0x7F || c == 0xC2 || c == 0xE2 || c >= 0xEF {
			s = strings.ReplaceAll(s, "\r\n", "\n")
			s = strings.Map(func(r rune) rune {
				switch {
				case r == '\r':
					return '\n'
				case invisible(r):
					return -1
				case r != '\n' && r != '\t' && unicode.IsSpace(r):
					return ' '
				}
				return r
			}, s)
			break
		}
	}
	return strings.TrimSpace(unguard(strings.TrimSpace(s)))
}

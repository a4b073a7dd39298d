package intake

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/stazh/stazh/workflows/fault"
)

// check runs a normaliser over pairs of input and the value or "!code" expected.
func check(t *testing.T, normalise func(string) (string, error), pairs map[string]string) {
	t.Helper()
	for in, want := range pairs {
		got, err := normalise(in)
		if err != nil {
			got = "!" + fault.CodeOf(err)
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", in, err)
			}
		}
		if got != want {
			t.Errorf("%q: got %q want %q", in, got, want)
		}
		if err == nil {
			if again, err := normalise(got); err != nil || again != got {
				t.Errorf("%q is not stable: %q %v", got, again, err)
			}
		}
	}
}

func TestNormaliseEmail(t *testing.T) {
	check(t, NormaliseEmail, map[string]string{
		" Ivan@Mail.RU ": "ivan@mail.ru", "mailto:a@b.bg": "a@b.bg", "Ivan <i.v+x@b.co.uk>": "i.v+x@b.co.uk",
		"bad, good@x.bg; other@x.bg": "good@x.bg", "ivan @ mail.ru": "ivan@mail.ru", "a@b.bg.": "a@b.bg",
		"anna@почта.рф": "anna@xn--80a1acny.xn--p1ai", "a@Bücher.example": "a@xn--bcher-kva.example",
		"a@xn--80a1acny.xn--p1ai": "a@xn--80a1acny.xn--p1ai", "ａ@ｂ.bg": "a@b.bg",
		"": "!email_missing", "  ": "!email_missing", "ivan": "!email_invalid", "ivаn@mail.ru": "!email_not_ascii",
		"a@b": "!email_invalid", "a@b.1": "!email_invalid", ".a@b.bg": "!email_invalid", "a..b@c.bg": "!email_invalid", "a@-b.bg": "!email_invalid",
		"a@b..bg": "!email_invalid", "a@b@c.bg": "!email_invalid", "a@b.bg\r\nBcc: x@y.bg": "a@b.bg", "a@b_c.bg": "!email_invalid",
	})
}

func TestPunycodeOfTheRFC(t *testing.T) {
	for in, want := range map[string]string{ // RFC 3492, section 7.1 (B, J lower-cased, L)
		"他们为什么不说中文": "ihqwcrb4cv8a8dqg056pqjye", "почемужеонинеговорятпорусски": "b1abfaaepdrnnbgefbadotcwatmq2g4l",
		"porquénopuedensimplementehablarenespañol": "porqunopuedensimplementehablarenespaol-fmd56a", "3年b組金八先生": "3b-ww4c5e180e575a65lsy2b",
	} {
		if got := punycode(in); got != want {
			t.Errorf("%s: got %s want %s", in, got, want)
		}
	}
}

func TestNormalisePhone(t *testing.T) {
	check(t, NormalisePhone, map[string]string{
		"8 (916) 123-45-67": "+79161234567", "+7 916 1234567": "+79161234567", "79161234567": "+79161234567", "9161234567": "+79161234567",
		"+8 916 123 45 67": "+79161234567", "+7 8 916 123-45-67": "+79161234567", "8 495 123-45-67 доб. 12": "+74951234567",
		"88005553535": "+78005553535", "7.9161234567E+10": "+79161234567", "79161234567.0": "+79161234567",
		"0888 123 456": "+359888123456", "+359 (0) 888 123456": "+359888123456", "00359888123456": "+359888123456", "02 987 65 43": "+35929876543", "888123456": "+359888123456",
		"+44 20 7946 0958": "+442079460958", "0044 20 7946 0958": "+442079460958", "+4915112345678": "+4915112345678",
		"тел.: нет; 8 916 123 45 67": "+79161234567", "8‑916‑123‑45‑67": "+79161234567",
		"": "!phone_missing", "7,91612E+10": "!phone_rounded", "12345": "!phone_invalid", "600123456": "!phone_no_country", "позвоните": "!phone_invalid",
		"+7 000 000 00 00": "!phone_invalid", "+7916123456": "!phone_invalid", "+1234567890123456": "!phone_invalid", "88888888888": "!phone_invalid",
	})
}

func TestNormaliseName(t *testing.T) {
	check(t, NormaliseName, map[string]string{
		"  ИВАНОВ   ИВАН ": "Иванов Иван", "ИВАНОВ Иван": "ИВАНОВ Иван", "анна петрова-иванова": "Анна Петрова-Иванова", "SEAN O'NEIL": "Sean O'Neil",
		"Йовков": "Йовков", "МАМЕДОВ АЛИ ОГЛЫ": "Мамедов Али оглы", "«Иван»": "Иван", "😀 Иван Петров ☎️": "Иван Петров", "Мария👩🏽‍💻": "Мария", "Ана ❤️ Мария": "Ана Мария", "JP": "JP",
		"": "!name_missing", "...": "!name_invalid", "😀": "!name_missing", "+79161234567": "!name_invalid", "a@b.bg": "!name_invalid", "Ivan http://x.y": "!name_invalid",
	})
	if _, err := NormaliseName(string(bytes.Repeat([]byte("я"), MaxNameRunes+1))); fault.CodeOf(err) != CodeNameTooLong {
		t.Errorf("got %v", err)
	}
}

func TestSplitName(t *testing.T) {
	for in, want := range map[string]NameParts{
		"Иванов Иван Иванович": {"Иван", "Иванович", "Иванов"}, "Иван Иванович Иванов": {"Иван", "Иванович", "Иванов"}, "Анна Сергеевна": {"Анна", "Сергеевна", ""},
		"Иванов Иван": {"Иван", "", "Иванов"}, "Марина Иванова": {"Марина", "", "Иванова"}, "Иванова Марина": {"Марина", "", "Иванова"},
		"МЮЛЛЕР Ганс": {"Ганс", "", "МЮЛЛЕР"}, "Георги Петров Димитров": {"Георги", "Петров", "Димитров"}, "Ivan": {First: "Ivan"}, "": {},
		"Мамедов Али Гасан оглы": {"Али", "Гасан оглы", "Мамедов"},
	} {
		if got := SplitName(in); got != want {
			t.Errorf("%q: got %+v want %+v", in, got, want)
		}
	}
}

func TestJudge(t *testing.T) {
	ivan := Identity{"Иванов Иван Иванович", "i@x.bg", "+79161234567", 1990, "Москва"}
	for want, others := range map[Grade][]Identity{
		Same:     {ivan, {Name: "Другой", Email: "i@x.bg"}, {Phone: "+79161234567"}},
		Probable: {{Name: "Иван Иванов", City: "г. москва"}, {Name: "иванов иван", BirthYear: 1990, City: "Казань"}, {Name: "Иванов И.", City: "x"}, {Name: "Иванов Иван И.", City: "Moscow"}},
		None:     {{}, {Name: "Иван Иванов"}, {Name: "Иван Иванов", BirthYear: 1991, City: "Казань"}, {Name: "Иванов Иван Петрович", BirthYear: 1990}, {Name: "Иванов", City: "Москва"}},
	} {
		for _, o := range others {
			if o.Name == "Иванов И." {
				want = None // an initial is no given name
			}
			if got := Judge(ivan, o); got != want || Judge(o, ivan) != got {
				t.Errorf("%+v: got %s want %s", o, got, want)
			}
			if o.Name == "Иванов И." {
				want = Probable
			}
		}
	}
	if Judge(Identity{}, Identity{}) != None {
		t.Error("nobody is not the same as nobody")
	}
}

func TestParseDate(t *testing.T) {
	o := DateOptions{Zone: moscow, DayFirst: true, Now: now}
	for in, want := range map[string]string{
		"26.11.2026": "2026-11-26T00:00:00+03:00", "2.1.2026 9:05": "2026-01-02T09:05:00+03:00", "02.01.26": "2026-01-02T00:00:00+03:00",
		"2026-01-02": "2026-01-02T00:00:00+03:00", "2026-01-02T15:04:05Z": "2026-01-02T15:04:05Z", "2026-01-02 15:04:05.123+0200": "2026-01-02T15:04:05+02:00",
		"2026/1/2": "2026-01-02T00:00:00+03:00", "1/2/26": "2026-02-01T00:00:00+03:00", "1/25/2026 2:30 PM": "2026-01-25T14:30:00+03:00", "12:05 am": "",
		"26 ноября 2026 г.": "2026-11-26T00:00:00+03:00", "26 ноември 2026 г., 14:30 ч.": "2026-11-26T14:30:00+03:00", "26 окт. 2026 в 7:00": "2026-10-26T07:00:00+03:00",
		"Nov 3rd, 2026": "2026-11-03T00:00:00+03:00", "26-Nov-26": "2026-11-26T00:00:00+03:00", "Thu, 26 Nov 2026 10:00:00 +0200": "2026-11-26T10:00:00+02:00", "пт, 20 ноября": "2026-11-20T00:00:00+03:00",
		"26 ноября": "2025-11-26T00:00:00+03:00", "сегодня, 10:15": "2026-11-23T10:15:00+03:00", "вчера": "2026-11-22T00:00:00+03:00",
		"46349": "2026-11-23T00:00:00+03:00", "46349,604166667": "2026-11-23T14:30:00+03:00", "1795432200": "2026-11-23T14:10:00+03:00",
		"31.02.2026": "", "2026-13-01": "", "26.11.2026 25:00": "", "": "", "soon": "", "12345": "", "1.2.3.4": "", "0000-00-00": "", "29.02.2025": "",
	} {
		got := ""
		if at, ok := ParseDate(in, o); ok {
			got = at.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q: got %q want %q", in, got, want)
		}
	}
	if at, _ := ParseDate("1/2/26", DateOptions{Now: now}); at.Month() != time.January {
		t.Errorf("month first: got %v", at)
	}
}

func TestValues(t *testing.T) {
	for in, want := range map[string]int{"5": 60, "2,5": 30, "5 лет 3 месяца": 63, "3 years, 2 months": 38, "более 6 лет": 72, "1–3 года": 12, "Без опыта": 0, "8 мес.": 8, "x": -1, "500": -1} {
		got, ok := parseExperience(in)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: got %d want %d", in, got, want)
		}
	}
	for in, want := range map[string]int64{"от 80 000 руб.": 80000, "80к": 80000, "80-100 тыс.": 80000, "€1,200.50": 1201, "1.200 лв": 1200, "1 500": 1500, "по договорённости": 0, "-": 0, "80 000 – 100 000 ₽": 80000} {
		if got, _, _ := parsePay(in); got != want {
			t.Errorf("%q: got %d want %d", in, got, want)
		}
	}
	for in, want := range map[string]string{"hh.ru/resume/1?a=b": "https://hh.ru/resume/1?a=b", "http://x.bg": "http://x.bg", "javascript:alert(1)": "", "file:///etc/passwd": "", "http://u:p@x.bg": "", "data:text/html,x": "", "a@b.bg": "", "https://x": ""} {
		if got := parseLink(in); got != want {
			t.Errorf("%q: got %q want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"Русский": "ru", "bg-BG": "bg", "болгарский": "bg", "English": "en", "rumantsch": "", "de": ""} {
		if got := parseLanguage(in); got != want {
			t.Errorf("%q: got %q want %q", in, got, want)
		}
	}
}

func TestWriteCSVGuardsFormulas(t *testing.T) {
	rows := [][]string{{"name", "phone"}, {"=HYPERLINK(1)", "+359888123456"}, {" -1", "@x"}, {"a\"b;c", "x\ny"}, {"'quoted'", "O'Neil"}}
	var b bytes.Buffer
	if err := WriteCSV(&b, WriteOptions{Delimiter: ';', BOM: true}, slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffname;phone\r\n'=HYPERLINK(1);'+359888123456\r\n' -1;'@x\r\n\"a\"\"b;c\";\"x\r\ny\"\r\n'quoted';O'Neil\r\n"
	if b.String() != want {
		t.Errorf("got %q", b.String())
	}
	back := read(t, b.Bytes(), ReadOptions{})
	for i, r := range back.Records {
		for j, c := range r.Cells {
			if c != cleanCell(rows[i+1][j]) {
				t.Errorf("row %d: %q came back as %q", i, rows[i+1][j], c)
			}
		}
	}
}

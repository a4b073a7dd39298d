package intake

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/stazh/stazh/workflows/fault"
)

var (
	moscow = time.FixedZone("MSK", 3*3600)
	now    = time.Date(2026, 11, 23, 12, 0, 0, 0, moscow)
)

func rowsOf(t testing.TB, table *Table) (good []Row, bad []RowError) {
	t.Helper()
	m := GuessMapping(table.Headers, table.Records)
	if err := m.Check(table.Headers); err != nil {
		t.Fatalf("%v: %v", m, err)
	}
	for row, err := range Rows(table, m, RowOptions{DefaultZone: moscow, DayFirst: true, Now: now}) {
		if err != nil {
			bad = append(bad, *err)
		} else {
			good = append(good, row)
		}
	}
	return good, bad
}

// brief is what a test compares of a row.
func brief(r Row) string {
	exp := "?"
	if r.ExperienceMonths != nil {
		exp = fmt.Sprint(*r.ExperienceMonths)
	}
	at := ""
	if !r.RespondedAt.IsZero() {
		at = r.RespondedAt.Format("0102T1504Z07")
	}
	s := fmt.Sprintf("%d %s|%s|%s|%s|%d %s|%s|%s|%d%s|dup %d", r.Line, r.Name, r.Email, r.Phone, r.City, r.BirthYear, r.BirthDate, at, exp,
		r.ExpectedPay, r.PayCurrency, r.DuplicateOf)
	for _, n := range r.Notes {
		s += fmt.Sprintf(" !%s:%s", n.Field, n.Code)
	}
	return s
}

func TestRowsOfRealShapes(t *testing.T) {
	for file, want := range map[string][]string{
		"hh_cp1251.csv": {
			"5 Иванов Иван Иванович|ivan.ivanov@mail.ru|+79161234567|Москва|1995 1995-02-01|1120T1430+03|63|80000RUB|dup 0",
			"7 Петрова Анна|anna@xn--80a1acny.xn--p1ai|+79162223344|Санкт-Петербург|1990 |1122T0905+03|0|80000|dup 0 !resume_link:link_invalid",
			"10 Иванов И. И.|other@mail.ru|+79161234567|Москва|0 |1121T0000+03|?|0|dup 5",
			"12 Кузнецов Олег|oleg@mail.ru||Казань|0 |1121T0000+03|?|0|dup 0 !phone:phone_rounded",
			"bad 9 email email_invalid", "bad 11 name row_no_name",
		},
		"jobsbg_utf16le.csv": {
			"2 Георги Димитров|georgi@abv.bg|+359888123456|София|1988 |1120T0815+03|42|1800BGN|dup 0",
			"3 Елена Петрова-Иванова||+35929876543|Пловдив|0 |1119T1000+02|?|0|dup 0 !birth:birth_implausible !language:language_unknown",
		},
		"linkedin_utf8bom.csv": {
			"2 Anne-Marie O'Neil, Jr.|anne@example.com|+442079460958|London|0 |1119T1430+03|?|0|dup 0",
			"3 José García|jose@example.es||Madrid|0 |1103T0000+03|?|0|dup 0 !phone:phone_no_country",
			"4 Broken Quote|q@example.com|+4915112345678|Berlin|0 |1101T0000+03|?|0|dup 0",
			"5 Last One|last@example.com|+4915112345679|Berlin|0 |1102T0000+03|?|0|dup 0",
		},
		"latin1_cr.txt": {
			"2 Jürgen Müller|jm@example.de||Köln|0 ||?|0|dup 0",
			"3 François Lefèvre|fl@example.fr||Besançon|0 ||?|0|dup 0",
		},
	} {
		good, bad := rowsOf(t, read(t, sample(t, file), ReadOptions{}))
		var got []string
		for _, r := range good {
			got = append(got, brief(r))
		}
		for _, e := range bad {
			got = append(got, fmt.Sprint("bad ", e.Line, " ", e.Field, " ", e.Code))
		}
		if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
			t.Errorf("%s: got\n%s\nwant\n%s", file, g, w)
		}
	}
}

func TestRowsReadSerialDatesOfBothSystems(t *testing.T) {
	for _, old := range []bool{false, true} {
		serial := 46349.604166667 // 2026-11-23 14:30
		if old {
			serial -= 1462
		}
		body := workbook(t, func(f *excelize.File) {
			f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &old})
			f.SetSheetRow("Sheet1", "A1", &[]any{"ФИО", "Телефон", "Дата отклика", "Дата рождения"})
			f.SetSheetRow("Sheet1", "A2", &[]any{"Иванов Иван", 79161234567, serial, 34731 - map[bool]int{true: 1462}[old]})
		})
		good, _ := rowsOf(t, read(t, body, ReadOptions{}))
		if got := brief(good[0]); got != "2 Иванов Иван||+79161234567||1995 1995-02-01|1123T1430+03|?|0|dup 0" {
			t.Errorf("1904 %v: got %s", old, got)
		}
	}
}

func TestRowsFindContactsInOneCellAndInTheWrongOne(t *testing.T) {
	good, bad := rowsOf(t, read(t, []byte("ФИО;Контакты\nИван Иванов;тел. 8 916 123-45-67, Ivan@mail.ru\nАнна Иванова;WhatsApp +359 888 123 456\nИ И;нет\n"), ReadOptions{}))
	if len(good) != 2 || good[0].Email != "ivan@mail.ru" || good[0].Phone != "+79161234567" || good[1].Phone != "+359888123456" {
		t.Errorf("got %+v", good)
	}
	if len(bad) != 1 || bad[0].Code != CodeNoContact || bad[0].Line != 4 {
		t.Errorf("got %v", bad)
	}
	good, _ = rowsOf(t, read(t, []byte("name,email,phone\nIvan I,+359888123456,ivan@x.bg\n"), ReadOptions{}))
	if good[0].Email != "ivan@x.bg" || good[0].Phone != "+359888123456" || len(good[0].Notes) != 2 {
		t.Errorf("got %+v", good)
	}
}

func TestRowsFollowDuplicatesThroughEitherContact(t *testing.T) {
	good, _ := rowsOf(t, read(t, []byte("name,email,phone\nA B,a@x.bg,0888123456\nA B,new@x.bg,+359888123456\nA B,NEW@x.bg,\nC D,c@x.bg,\n"), ReadOptions{}))
	got := []int{}
	for _, r := range good {
		got = append(got, r.DuplicateOf)
	}
	if fmt.Sprint(got) != "[0 2 2 0]" {
		t.Errorf("got %v", got)
	}
}

func TestGuessMapping(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"surname has a column":       {"Имя;Фамилия;Почта\nИван;Иванов;i@x.bg\n", "first_name=Имя last_name=Фамилия email=Почта"},
		"name is whole":              {"Имя;Почта\nИван Иванов;i@x.bg\n", "name=Имя email=Почта"},
		"a second telephone":         {"ФИО,Телефон,Телефон\nA B,1,2\n", "name=ФИО phone=Телефон contacts=Телефон (2)"},
		"words in longer names":      {"ФИО кандидата (полностью),Контактный телефон для связи\nA B,1\n", "name=ФИО кандидата (полностью) phone=Контактный телефон для связи"},
		"content without any header": {"Ivan Ivanov,ivan@x.bg,0888123456,1990-01-01,2026-11-01\nAna Petrova,ana@x.bg,0888123457,1991-02-03,2026-11-02\n", "name=A email=B phone=C birth=D responded_at=E"},
		"a lying header":             {"Name,Email,Info\nAn A,Sofia,a@x.bg\nBo B,Varna,b@x.bg\nCy C,Ruse,c@x.bg\n", "name=Name email=Info"},
	} {
		table := read(t, []byte(c.in), ReadOptions{})
		m := GuessMapping(table.Headers, table.Records)
		var got []string
		for _, f := range FieldList() {
			if h, ok := m.Columns[f]; ok {
				got = append(got, string(f)+"="+h)
			}
		}
		// The list's order is the page's; compare as sets of words.
		for _, w := range got {
			if !strings.Contains(c.want, w) {
				t.Errorf("%s: unwanted %s", name, w)
			}
		}
		if len(strings.Join(got, " ")) != len(c.want) {
			t.Errorf("%s: got %q want %q", name, got, c.want)
		}
	}
}

func TestMappingChecksAndTravelsAsJSON(t *testing.T) {
	headers := []string{"A", "B"}
	for want, m := range map[string]map[Field]string{
		"": {FieldName: "A", FieldPhone: "B"},
		"invalid: invalid_input field.email=mapping_no_contact field.name=mapping_column_missing": {FieldName: "X"},
		"invalid: invalid_input field.email=mapping_column_twice":                                 {FieldName: "A", FieldEmail: "A"},
		"invalid: invalid_input field.columns=mapping_field_unknown":                              {FieldName: "A", FieldEmail: "B", "evil": "A"},
		"invalid: invalid_input field.email=mapping_no_contact field.name=mapping_no_name":        {},
		"invalid: invalid_input field.email=mapping_no_contact field.name=mapping_no_name (two)":  nil,
	} {
		got := ""
		if err := (Mapping{m}).Check(headers); err != nil {
			got = fault.As(err).Error()
		}
		if want = strings.TrimSuffix(want, " (two)"); got != want {
			t.Errorf("got %q want %q", got, want)
		}
	}
	text, err := json.Marshal(Mapping{map[Field]string{FieldName: "ФИО", FieldEmail: "E-mail"}})
	if err != nil || string(text) != `{"columns":{"email":"E-mail","name":"ФИО"}}` {
		t.Errorf("got %s %v", text, err)
	}
	var back Mapping
	if err := json.Unmarshal(text, &back); err != nil || back.FieldOf("ФИО") != FieldName || back.FieldOf("?") != "" {
		t.Errorf("got %v %v", back, err)
	}
}

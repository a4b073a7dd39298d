package intake

import (
	"testing"

	"golang.org/x/text/encoding/charmap"
)

func TestOneByteEncodingsAreToldApartByTheirLetters(t *testing.T) {
	for text, cm := range map[string]*charmap.Charmap{
		"name,city\nИван,София\n":                                 charmap.Windows1251,
		"name,phone\nИ,1\n":                                       charmap.Windows1251,
		"ИМЯ;ТЕЛЕФОН\nПЁТР;89161234567\n":                         charmap.Windows1251,
		"Име;Град\nГеорги Димитров;Стара Загора\n":                charmap.Windows1251,
		"name,city\nJosé,Málaga\n":                                charmap.Windows1252,
		"name,city\nJürgen Müller,Straße 5 – Köln\n":              charmap.Windows1252,
		"nom,note\nRenée Lefèvre,créée à Besançon – “né” où ça\n": charmap.Windows1252,
		"name,city\nBjörn Åkesson,Malmö\nSören Öberg,Gävle\n":     charmap.Windows1252,
	} {
		body, err := cm.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		want := Windows1252
		if cm == charmap.Windows1251 {
			want = Windows1251
		}
		e := detectEncoding(body)
		if got, lost := e.decode(body); e != want || got != text || lost != 0 {
			t.Errorf("%q: taken for %s, %q", text, e, got)
		}
	}
}

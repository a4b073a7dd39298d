package intake

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/stazh/stazh/workflows/fault"
)

// MaxNameRunes is the longest name taken, in letters.
const MaxNameRunes = 200

// NormaliseName trims a name, drops emoji, makes single spaces, composes letters (NFC) and writes a name that is
// all upper or all lower case with capitals; "ИВАНОВ Иван" shows which word is the surname and stays.
//
// Faults (Invalid): name_missing for a blank; name_invalid when there is no letter, or a digit run, an
// @ or a link, which no name has (a shifted column); name_too_long above MaxNameRunes.
func NormaliseName(s string) (string, error) {
	s = norm.NFC.String(cleanCell(s))
	s = strings.Map(wordsOnly, s)
	s = strings.Join(strings.Fields(strings.Trim(s, "\"«»“”„;,| \t\n")), " ")
	if s == "" {
		return "", fault.New(fault.Invalid, "name_missing")
	}
	if utf8.RuneCountInString(s) > MaxNameRunes {
		return "", fault.New(fault.Invalid, CodeNameTooLong)
	}
	var upper, lower, digits, all int
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		case unicode.IsDigit(r):
			digits++
		}
		if unicode.IsLetter(r) {
			all++
		}
	}
	if all == 0 || digits > 2 || strings.ContainsAny(s, "@<>{}=") || strings.Contains(s, "://") {
		return "", fault.New(fault.Invalid, CodeNameInvalid)
	}
	if upper == 0 || lower == 0 && all > 2 {
		s = capitals(s)
	}
	return s, nil
}

// wordsOnly puts a space for what a telephone's keyboard adds to a name and no letter of greeting may
// repeat: emoji with their colours of skin and joiners. The joiners stay nowhere: no name here needs one.
func wordsOnly(r rune) rune {
	if unicode.Is(unicode.So, r) || r >= 0x1F3FB && r <= 0x1F3FF || r == 0x200D || r == 0xFE0F {
		return ' '
	}
	return r
}

// capitals writes each word and each part after a hyphen or apostrophe with a capital, but leaves
// Turkic and noble particles small.
func capitals(s string) string {
	words := strings.Fields(strings.ToLower(s))
	for i, w := range words {
		if i > 0 && slices.Contains([]string{"оглы", "кызы", "оглу", "van", "von", "der", "de", "фон", "ван", "де"}, w) {
			continue
		}
		start := true
		words[i] = strings.Map(func(r rune) rune {
			was := start
			start = r == '-' || r == '\'' || r == '’'
			if was {
				return unicode.ToTitle(r)
			}
			return r
		}, w)
	}
	return strings.Join(words, " ")
}

// NameParts is a name taken apart, as well as its form allows.
type NameParts struct{ First, Middle, Last string }

// SplitName takes a whole name apart. A Russian patronymic tells the order (Иванов Иван Иванович, Иван
// Иванович Иванов); without one, a first word with a surname's ending or in capitals before a word
// without is the surname; else the order is first, middle, last as in Bulgarian and English.
// It guesses; where first and last name came in columns of their own, do not ask it.
func SplitName(full string) NameParts {
	w := strings.Fields(full)
	switch len(w) {
	case 0:
		return NameParts{}
	case 1:
		return NameParts{First: w[0]}
	}
	for i, word := range w[1:] {
		end := i + 2
		if end < len(w) && turkic(w[end]) { // Гасан оглы
			end++
		} else if !patronymic(word) {
			continue
		}
		middle := strings.Join(w[i+1:end], " ")
		if i > 0 { // Last First Patronymic
			return NameParts{w[i], middle, strings.Join(append(slices.Clone(w[:i]), w[end:]...), " ")}
		}
		if end < len(w) { // First Patronymic Last
			return NameParts{w[0], middle, strings.Join(w[end:], " ")}
		}
		return NameParts{First: w[0], Middle: middle}
	}
	if surnameFirst(w[0], w[1]) {
		return NameParts{w[1], strings.Join(w[2:], " "), w[0]}
	}
	return NameParts{w[0], strings.Join(w[1:len(w)-1], " "), w[len(w)-1]}
}

func surnameFirst(a, b string) bool {
	shouted := func(s string) bool {
		return utf8.RuneCountInString(s) > 1 && strings.ToUpper(s) == s && strings.ToLower(s) != s
	}
	if shouted(a) != shouted(b) {
		return shouted(a)
	}
	return surname(a) && !surname(b)
}

func turkic(w string) bool {
	w = foldWord(w)
	return w == "оглы" || w == "кызы" || w == "оглу"
}

func patronymic(w string) bool {
	w = foldWord(w)
	return turkic(w) || hasEnding(w, 6, "ович", "евич", "овна", "евна", "ична", "ovich", "evich", "ovna", "evna") ||
		slices.Contains([]string{"ильич", "кузьмич", "лукич", "фомич", "никитич", "ilyich"}, w)
}

func surname(w string) bool {
	return hasEnding(foldWord(w), 4, "ов", "ова", "ев", "ева", "ин", "ина", "ский", "ская", "цкий", "цкая", "енко", "чук",
		"ски", "ска", "ko", "ov", "ova", "ev", "eva", "sky", "skaya") && !slices.Contains(givenNames, foldWord(w))
}

// givenNames have a surname's ending but are given names.
var givenNames = strings.Fields(`марина ирина полина екатерина кристина галина нина алина арина карина валентина ангелина
	константин мартин валентин вениамин августин даниэлина лев севастиян виктория елина дарина албена златина константина калина
	анжелина регина сабина эвелина алевтина антонина василина павлина ростислав ева невена стилиян гергин ивелина`)

func hasEnding(w string, least int, endings ...string) bool {
	if utf8.RuneCountInString(w) < least {
		return false
	}
	return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(w, e) })
}

// foldWord is the form in which words are compared: lower case, е for ё.
func foldWord(w string) string {
	return strings.ReplaceAll(strings.ToLower(norm.NFC.String(w)), "ё", "е")
}

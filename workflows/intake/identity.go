package intake

import (
	"slices"
	"strings"
)

// Identity is what tells people apart, in normalised form; what is unknown is zero.
type Identity struct {
	Name      string // NormaliseName
	Email     string // NormaliseEmail
	Phone     string // NormalisePhone
	BirthYear int
	City      string // NormaliseCity
}

// Grade says how surely two responses are one person's.
type Grade string

// The three grades.
const (
	Same     Grade = "same"     // joined silently and visibly
	Probable Grade = "probable" // a banner and a merge button
	None     Grade = "none"
)

// Judge grades two identities: the same e-mail or telephone is the same person; the same name and
// birth year, or name and city, probably so.
func Judge(a, b Identity) Grade {
	switch {
	case a.Email != "" && a.Email == b.Email, a.Phone != "" && a.Phone == b.Phone:
		return Same
	case !sameName(a.Name, b.Name):
		return None
	case a.BirthYear != 0 && a.BirthYear == b.BirthYear:
		return Probable
	case CityKey(a.City) != "" && CityKey(a.City) == CityKey(b.City):
		return Probable
	}
	return None
}

// sameName compares keys, and middle names where both have one.
func sameName(a, b string) bool {
	if NameKey(a) == "" || NameKey(a) != NameKey(b) {
		return false
	}
	ma, mb := foldWord(SplitName(a).Middle), foldWord(SplitName(b).Middle)
	return ma == "" || mb == "" || ma == mb || initial(ma, mb) || initial(mb, ma)
}

// initial says whether a is b's first letter ("И." of "Иванович").
func initial(a, b string) bool {
	a = strings.TrimSuffix(a, ".")
	return len([]rune(a)) == 1 && strings.HasPrefix(b, a)
}

// NameKey is equal for one name in either order, with or without a middle name, in any case: the first
// and last name folded and sorted. It is "" for a single word, which is too little to call two people
// the same. Candidates for Probable can be looked up by it and then judged.
func NameKey(name string) string {
	p := SplitName(name)
	if p.First == "" || p.Last == "" {
		return ""
	}
	words := append(strings.Fields(foldWord(p.First)), strings.Fields(foldWord(p.Last))...)
	slices.Sort(words)
	return strings.Join(words, " ")
}

// NormaliseCity trims a city's name and takes off "г.", "гр.", "city of". The rest after a comma (region,
// metro station) is dropped. At most 100 letters are kept.
func NormaliseCity(s string) string {
	s = strings.Join(strings.Fields(cleanCell(s)), " ")
	for _, p := range []string{"город ", "гор. ", "г. ", "гр. ", "г.", "гр.", "г ", "гр ", "град ", "city of "} {
		if len(s) > len(p) && strings.EqualFold(s[:len(p)], p) {
			s = strings.TrimSpace(s[len(p):])
			break
		}
	}
	s, _, _ = strings.Cut(s, ",")
	s, _, _ = strings.Cut(s, "(")
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > 100 {
		s = string(r[:100])
	}
	return s
}

// cityAliases are other names of large cities, in folded form.
var cityAliases = map[string]string{
	"moscow": "москва", "мск": "москва", "moskva": "москва",
	"спб": "санкт петербург", "питер": "санкт петербург", "петербург": "санкт петербург", "с петербург": "санкт петербург",
	"saint petersburg": "санкт петербург", "st petersburg": "санкт петербург", "sankt peterburg": "санкт петербург",
	"sofia": "софия", "sofiya": "софия", "plovdiv": "пловдив", "varna": "варна", "burgas": "бургас", "bourgas": "бургас",
	"kazan": "казань", "novosibirsk": "новосибирск", "ekaterinburg": "екатеринбург", "yekaterinburg": "екатеринбург",
	"екб": "екатеринбург", "nizhny novgorod": "нижний новгород", "samara": "самара", "krasnodar": "краснодар",
	"rostov on don": "ростов на дону", "stara zagora": "стара загора", "ruse": "русе", "rousse": "русе", "pleven": "плевен",
}

// CityKey is equal for one city however it is written: any case, "г.", hyphens, common Latin names.
func CityKey(s string) string {
	k := foldHeader(NormaliseCity(s))
	if a := cityAliases[k]; a != "" {
		return a
	}
	return k
}

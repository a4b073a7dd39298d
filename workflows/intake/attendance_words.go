package intake

import (
	"slices"
	"strings"
)

func hasAny(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}

// answerWords are answers in full, folded; answerStarts their beginnings, the first fitting decides.
var (
	answerWords = map[string]string{
		"y": "yes", "1": "yes", "+": "yes", "true": "yes", "t": "yes", "да": "yes", "д": "yes", "ok": "yes", "sure": "yes",
		"n": "no", "0": "no", "false": "no", "f": "no", "нет": "no", "н": "no", "не": "no",
		"": "na", "na": "na", "n/a": "na", "none": "na", "null": "na", "nan": "na", "nil": "na", "н/д": "na", "unknown": "na",
	}
	answerStarts = []struct{ start, answer string }{
		{"not sure", "uncertain"},
		{"not yet", "uncertain"},
		{"not certain", "uncertain"},
		{"not applicable", "na"},
		{"yet to", "uncertain"},
		{"uncertain", "uncertain"},
		{"unsure", "uncertain"},
		{"maybe", "uncertain"},
		{"may be", "uncertain"},
		{"may ", "uncertain"},
		{"perhaps", "uncertain"},
		{"cant say", "uncertain"},
		{"can't say", "uncertain"},
		{"can not say", "uncertain"},
		{"cannot say", "uncertain"},
		{"need to", "uncertain"},
		{"will check", "uncertain"},
		{"возможно", "uncertain"},
		{"может", "uncertain"},
		{"не знает", "uncertain"},
		{"не знаю", "uncertain"},
		{"не уверен", "uncertain"},
		{"не сигур", "uncertain"},
		{"може би", "uncertain"},
		{"под вопрос", "uncertain"},
		{"yes", "yes"},
		{"yeah", "yes"},
		{"да ", "yes"},
		{"да,", "yes"},
		{"no ", "no"},
		{"no,", "no"},
		{"no-", "no"},
		{"no.", "no"},
		{"not ", "no"},
		{"нет ", "no"},
		{"нет,", "no"},
		{"не ", "no"},
	}
)

// answerOf reads an answer to a yes-or-no question: yes, no, uncertain, na, or "" for another text.
func answerOf(s string) string {
	s = foldValue(s)
	if s == "no" {
		return "no"
	}
	if v, ok := answerWords[s]; ok {
		return v
	}
	for _, w := range answerStarts {
		if strings.HasPrefix(s, w.start) {
			return w.answer
		}
	}
	return ""
}

// outcomes are words for what became of an invitation; those that say nothing about the person's
// coming are "-" and are not counted.
var outcomes = map[string]string{
	"came": "yes", "attended": "yes", "present": "yes", "showed": "yes", "showed up": "yes", "show": "yes", "arrived": "yes",
	"arrived_late": "yes", "arrived late": "yes", "late": "yes", "interviewed": "yes", "left_without_interview": "yes",
	"left without interview": "yes", "completed": "yes", "done": "yes",
	"пришел": "yes", "пришёл": "yes", "пришла": "yes", "явился": "yes", "явилась": "yes", "был": "yes", "была": "yes", "явка": "yes",
	"дойде": "yes", "яви се": "yes", "явил се": "yes", "явила се": "yes", "присъствал": "yes",
	"absent": "no", "no_show": "no", "noshow": "no", "did not come": "no", "didn't come": "no", "missed": "no",
	"cancelled_late": "no", "cancelled late": "no", "неявка": "no",
	"moved": "-", "rescheduled": "-", "cancelled_in_time": "-", "cancelled in time": "-", "declined": "-",
	"withdrawn_by_us": "-", "withdrawn by us": "-", "interviewer_no_show": "-", "walk_in": "-", "walk-in": "-",
	"invited": "-", "confirmed": "-", "booked": "-", "перенос": "-", "перенесено": "-", "преместен": "-",
}

// outcomeOf reads whether the person came; why is the reason when the cell does not tell.
func outcomeOf(cell string) (came bool, why string) {
	s := foldValue(cell)
	word, ok := outcomes[s]
	if !ok {
		word = answerOf(s)
	}
	switch word {
	case "yes":
		return true, ""
	case "no":
		return false, ""
	case "na":
		return false, "outcome_missing"
	case "-":
		return false, "not_counted"
	}
	return false, "outcome_unknown"
}

// replyOf reads what the person said about coming.
func replyOf(cell string) string {
	s := foldValue(cell)
	switch {
	case hasAny(s, "не подтв", "не потв", "not confirmed", "unconfirmed", "no answer", "no reply", "silent", "без ответ", "без отговор", "молч"):
		return attendSilent
	case hasAny(s, "declin", "refus", "cancel", "отказ", "отмен", "отклон"):
		return attendDeclined
	case hasAny(s, "confirm", "подтвер", "потвърд", "придет", "придёт", "ще дойде"):
		return attendConfirmed
	}
	switch answerOf(s) {
	case "yes":
		return attendConfirmed
	case "no":
		return attendDeclined
	case "uncertain":
		return attendUncertain
	}
	return attendSilent
}

func (a *attendanceReader) outcomeScore(i int, header string) int {
	score := 0
	switch {
	case hasAny(header, "observed", "actual", "attended", "showed", "no-show", "no show", "noshow", "no_show", "came", "turned up",
		"пришел", "пришёл", "явил", "явка", "дойде", "дошъл", "дошла", "присъств"):
		score = 3
	case hasAny(header, "attend", "arrived", "outcome", "present", "status", "show", "result", "результат", "статус", "резултат"):
		score = 1
	}
	if score == 0 || hasAny(header, "expected", "intend", "ожида", "очаква", "marital") {
		return 0
	}
	known, filled := a.sample(i, func(c string) bool { _, why := outcomeOf(c); return why != "outcome_unknown" })
	if filled == 0 || known < 0.6 {
		return 0
	}
	return score
}

func (a *attendanceReader) replyScore(i int, header string) int {
	score := 0
	switch {
	case hasAny(header, "expected", "intention", "intend", "reply", "replied", "rsvp", "ожида", "очаква", "намерение"):
		score = 3
	case hasAny(header, "confirm", "response", "answer", "подтвер", "потвърд", "ответ", "отговор"):
		score = 1
	}
	if score == 0 {
		return 0
	}
	told, filled := a.sample(i, func(c string) bool { return answerOf(c) != "" || replyOf(c) != attendSilent })
	if filled == 0 || told < 0.6 {
		return 0
	}
	return score
}

func (a *attendanceReader) dayScore(i int, header string) int {
	if !hasAny(header, "date", "day", "дата", "день", "ден", "starts", "начало") {
		return 0
	}
	dates, filled := a.sample(i, func(c string) bool { d := dayOf(c); return len(d) == 10 && d[4] == '-' && d[7] == '-' })
	if filled == 0 || dates < 0.6 {
		return 0
	}
	if hasAny(header, "interview", "appointment", "session", "собесед", "интервю") {
		return 3
	}
	return 1
}

// protectedHeaders are traits that must not decide who is invited, however well they forecast.
var protectedHeaders = []string{
	"gender", "sex", "marital", "married", "age", "birth", "native", "nationality", "religion", "caste", "race", "ethnic", "disab",
	"handicap", "пол", "возраст", "рожден", "семейн", "националь", "гражданств", "вероисп", "инвалид", "възраст", "семеен", "народност",
}

// protectedHeader asks whole words where a part would catch innocent ones ("stage", "полис").
func protectedHeader(header string) bool {
	words := strings.FieldsFunc(header, func(r rune) bool { return strings.ContainsRune(" _-/()[],.?:", r) })
	for _, p := range protectedHeaders {
		for _, w := range words {
			if w == p || len([]rune(p)) > 4 && strings.HasPrefix(w, p) {
				return true
			}
		}
	}
	return false
}

// chooseFields decides for each other column whether and how it is learned from.
func (a *attendanceReader) chooseFields(want AttendanceColumns) {
	for i, h := range a.table.Headers {
		if i == a.came || i == a.reply || i == a.day {
			continue
		}
		key := foldValue(h)
		kind := attendLeave
		if field := a.means[i]; field != "" {
			a.fields = append(a.fields, attendanceField{i, field, attendText})
			a.file.Learned = append(a.file.Learned, h)
			continue
		}
		if a.meant(key) { // its name is given to another column
			a.file.Columns.Ignore = append(a.file.Columns.Ignore, h)
			continue
		}
		if want.like == nil {
			kind = a.kindOf(i, key)
		} else if k, learned := want.like.kinds[key]; learned {
			kind = k
		}
		if slices.ContainsFunc(want.Ignore, func(n string) bool { return foldValue(n) == key }) {
			kind = attendLeave
		}
		if kind == attendLeave {
			a.file.Columns.Ignore = append(a.file.Columns.Ignore, h)
			continue
		}
		a.fields = append(a.fields, attendanceField{i, key, kind})
		a.file.Learned = append(a.file.Learned, h)
		a.file.kinds[key] = kind
	}
}

func (a *attendanceReader) kindOf(column int, header string) attendanceKind {
	if protectedHeader(header) {
		return attendLeave
	}
	distinct := map[string]int{}
	answers, _ := a.sample(column, func(c string) bool {
		distinct[foldValue(c)]++
		return answerOf(c) != ""
	})
	numbers, filled := a.sample(column, func(c string) bool { _, ok := numberOf(c); return ok })
	switch {
	case filled < max(5, len(a.table.Records)/20):
		return attendLeave // hardly filled
	case answers >= 0.9:
		return attendAnswer
	case len(distinct) > filled*4/5 && filled > 20:
		return attendLeave // a name, a number of the file, a free text: nobody is like anybody
	case personalHeader(header):
		return attendLeave
	case numbers >= 0.9 && len(distinct) > 8:
		return attendNumber
	case len(distinct) < 2:
		return attendLeave
	}
	return attendText
}

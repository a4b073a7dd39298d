package intake

import (
	"strings"
	"unicode"
)

// Field is what a column can mean.
type Field string

// The fields of a response. Words for people are at "intake.field.<field>".
const (
	FieldName        Field = "name" // the whole name in one cell
	FieldFirstName   Field = "first_name"
	FieldLastName    Field = "last_name"
	FieldPatronymic  Field = "patronymic"
	FieldEmail       Field = "email"
	FieldPhone       Field = "phone"
	FieldContacts    Field = "contacts" // telephones and e-mails mixed, or a second telephone
	FieldCity        Field = "city"
	FieldBirth       Field = "birth" // date or year
	FieldRespondedAt Field = "responded_at"
	FieldSource      Field = "source"
	FieldLanguage    Field = "language" // the language to write to the person in
	FieldExperience  Field = "experience"
	FieldEducation   Field = "education"
	FieldPay         Field = "expected_pay"
	FieldComment     Field = "comment"
	FieldResume      Field = "resume_link"
)

// FieldList lists the fields in the order a mapping page shows them.
func FieldList() []Field {
	return []Field{
		FieldName, FieldLastName, FieldFirstName, FieldPatronymic, FieldEmail, FieldPhone, FieldContacts,
		FieldCity, FieldBirth, FieldRespondedAt, FieldSource, FieldLanguage, FieldExperience,
		FieldEducation, FieldPay, FieldComment, FieldResume,
	}
}

// headerNames are the column names met in exports of HeadHunter, SuperJob, jobs.bg, zaplata.bg and
// LinkedIn and in people's own tables, in the form foldHeader makes.
var headerNames = map[Field]string{
	FieldName: `name|full name|fullname|candidate|candidate name|applicant|applicant name|contact name|
		фио|ф и о|фио кандидата|фио соискателя|имя кандидата|имя соискателя|соискатель|кандидат|фамилия имя|имя фамилия|
		фамилия имя отчество|фамилия и имя|имя и фамилия|полное имя|имя|
		име|имена|име и фамилия|три имена|трите имена|пълно име|име презиме фамилия|име на кандидата`,
	FieldFirstName:  `first name|firstname|given name|forename|собствено име|first`,
	FieldLastName:   `last name|lastname|surname|family name|фамилия|фамилно име|last`,
	FieldPatronymic: `patronymic|middle name|отчество|презиме|бащино име`,
	FieldEmail: `email|e mail|mail|email address|e mail address|candidate email|почта|эл почта|электронная почта|
		адрес электронной почты|электронный адрес|имейл|имейл адрес|е мейл|ел поща|електронна поща|поща|емейл|мейл|e mail адрес`,
	FieldPhone: `phone|phone number|telephone|tel|mobile|mobile phone|mobile number|cell|cell phone|contact number|
		телефон|тел|номер телефона|мобильный|мобильный телефон|моб телефон|моб тел|сотовый|контактный телефон|
		мобилен|мобилен телефон|телефонен номер|телефон за връзка|gsm|гсм`,
	FieldContacts: `contacts|contact|contact details|contact info|контакты|контактные данные|контакт|
		контакти|данни за контакт|за контакт|other phone|доп телефон|дополнительный телефон|второй телефон|telegram whatsapp phone`,
	FieldCity: `city|town|location|candidate location|current location|place|город|город проживания|место проживания|населенный пункт|
		регион|локация|проживание|град|населено място|местоживеене|местонахождение|област`,
	FieldBirth: `birth|birthday|birthdate|birth date|date of birth|dob|born|birth year|year of birth|дата рождения|год рождения|
		день рождения|г р|д р|рождение|дата на раждане|година на раждане|роден на|рожденна дата|рождена дата|раждане`,
	FieldRespondedAt: `responded|responded at|response date|applied|applied at|applied on|applied date|application date|date applied|
		date of application|submitted at|created at|created|timestamp|date|дата отклика|дата и время отклика|время отклика|отклик|откликнулся|дата отзыва|
		дата поступления|дата|отметка времени|дата на кандидатстване|дата на кандидатура|кандидатствал на|кандидатствал|получена на|получено на|
		клеймо за време|дата на подаване`,
	FieldSource: `source|channel|site|referrer|how did you hear about us|источник|источник отклика|канал|сайт|откуда|откуда узнали|
		източник|източник на кандидатурата|канал|откъде|откъде научихте`,
	FieldLanguage: `language|preferred language|locale|lang|язык|язык общения|язык переписки|език|език за кореспонденция|предпочитан език`,
	FieldExperience: `experience|years of experience|experience years|work experience|total experience|опыт|опыт работы|
		стаж|опыт работы лет|общий стаж|опыт лет|опит|трудов опит|професионален опит|години опит|трудов стаж|опит години`,
	FieldEducation: `education|degree|education level|образование|уровень образования|степен|степен на образование|образователна степен`,
	FieldPay: `expected pay|expected salary|salary|salary expectation|salary expectations|desired salary|expected compensation|pay|зарплата|
		желаемая зарплата|ожидаемая зарплата|зарплатные ожидания|ожидания по зарплате|зп|з п|желаемый доход|ожидаемый доход|доход|
		заплата|очаквана заплата|желана заплата|очаквано възнаграждение|желано възнаграждение|възнаграждение`,
	FieldComment: `comment|comments|note|notes|remarks|message|cover letter|комментарий|комментарии|примечание|примечания|заметка|заметки|
		сообщение|сопроводительное письмо|коментар|коментари|бележка|бележки|забележка|съобщение|мотивационно писмо`,
	FieldResume: `resume|cv|resume link|resume url|cv link|link|url|profile|profile url|profile link|linkedin|linkedin url|linkedin profile|
		резюме|ссылка|ссылка на резюме|ссылка на отклик|url резюме|адрес резюме|профиль|автобиография|линк|връзка към cv|линк към cv|профил|линк към автобиография`,
}

// headerWords decide where no whole name fits ("Контактный телефон кандидата (моб.)"). The order is
// the order of trust: "email" before "contact", "date of birth" before "date".
var headerWords = []struct {
	part  string
	field Field
}{
	{"email", FieldEmail},
	{"e mail", FieldEmail},
	{"имейл", FieldEmail},
	{"почт", FieldEmail},
	{"phone", FieldPhone},
	{"телефон", FieldPhone},
	{"мобильн", FieldPhone},
	{"рожден", FieldBirth},
	{"раждане", FieldBirth},
	{"birth", FieldBirth},
	{"отчеств", FieldPatronymic},
	{"фио", FieldName},
	{"full name", FieldName},
	{"зарплат", FieldPay},
	{"salary", FieldPay},
	{"възнагражд", FieldPay},
	{"заплат", FieldPay},
	{"опыт", FieldExperience},
	{"experience", FieldExperience},
	{"опит", FieldExperience},
	{"образован", FieldEducation},
	{"education", FieldEducation},
	{"отклик", FieldRespondedAt},
	{"applied", FieldRespondedAt},
	{"кандидатст", FieldRespondedAt},
	{"источник", FieldSource},
	{"източник", FieldSource},
	{"source", FieldSource},
	{"комментар", FieldComment},
	{"коментар", FieldComment},
	{"comment", FieldComment},
	{"резюме", FieldResume},
	{"resume", FieldResume},
	{"linkedin", FieldResume},
	{"город", FieldCity},
	{"city", FieldCity},
}

var headerIndex = func() map[string]Field {
	index := map[string]Field{}
	for _, f := range FieldList() {
		for name := range strings.SplitSeq(headerNames[f], "|") {
			if name = strings.TrimSpace(name); index[name] == "" {
				index[name] = f
			}
		}
	}
	return index
}()

// foldHeader makes "E-mail адрес:*" and "e_mail  адрес" one.
func foldHeader(h string) string {
	if len(h) > 4*maxHeaderRunes {
		return ""
	}
	return strings.Join(strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(h), "ё", "е"), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// fieldOfHeader returns the field a column name stands for and how sure that is: 2 for a known name,
// 1 for a known word inside a longer one, 0 for neither.
func fieldOfHeader(h string) (Field, int) {
	folded := foldHeader(h)
	if folded == "" {
		return "", 0
	}
	if f := headerIndex[folded]; f != "" {
		return f, 2
	}
	if len(folded) > 120 || isData(h) {
		return "", 0
	}
	for _, w := range headerWords {
		// A word begins with the part: "опыт работы, лет", not "сопытка".
		if strings.HasPrefix(folded, w.part) || strings.Contains(folded, " "+w.part) {
			return w.field, 1
		}
	}
	return "", 0
}

package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A made-up person. Addresses are in domains that are kept for examples; numbers are not given out.
type somebody struct {
	name, first, email, phone string
	birth                     int
}

var (
	menRu    = strings.Fields("Александр Дмитрий Максим Сергей Андрей Алексей Артём Илья Кирилл Михаил Никита Роман Егор Павел Денис Тимур Руслан Антон")
	womenRu  = strings.Fields("Анна Мария Елена Наталья Ольга Екатерина Татьяна Ирина Светлана Юлия Ксения Дарья Полина Алина Виктория Гузель Лейла Вера")
	lastRu   = strings.Fields("Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров Зайцев Соловьёв Борисов Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Александров Дмитриев Королёв Гусев Киселёв Ильин Максимов Поляков Сорокин Виноградов Ковалёв Белов Медведев Антонов Тарасов Жуков Баранов Филиппов Комаров Давыдов Беляев Герасимов Богданов Осипов Сидоров Матвеев Титов Марков Миронов Крылов Куликов Карпов Хасанов Галиев Юсупов Ахметов")
	menBg    = strings.Fields("Георги Иван Димитър Николай Петър Христо Стефан Мартин Калоян Борис")
	womenBg  = strings.Fields("Мария Иванка Елена Десислава Гергана Петя Ралица Теодора Надежда Силвия")
	lastBg   = strings.Fields("Иванов Георгиев Димитров Петров Николов Стоянов Христов Тодоров Илиев Ангелов Маринов Колев Стефанов Атанасов Василев Пенев")
	middleRu = strings.Fields("Александров Сергеев Андреев Иванов Павлов Михайлов Олегов Викторов Юрьев Игорев")
	domains  = []string{"example.com", "example.org", "example.net"}
)

// people draws persons, none twice.
type people struct {
	rand  *rand.Rand
	count int
}

func (p *people) pick(list []string) string { return list[p.rand.IntN(len(list))] }

func (p *people) draw(language string) somebody {
	p.count++
	woman := p.rand.IntN(100) < 55
	men, women, lasts := menRu, womenRu, lastRu
	if language == "bg" {
		men, women, lasts = menBg, womenBg, lastBg
	}
	first, last := p.pick(men), p.pick(lasts)
	if woman {
		first, last = p.pick(women), last+"а"
	}
	s := somebody{first: first, name: last + " " + first, birth: 1975 + p.rand.IntN(31)}
	if language == "bg" {
		s.name = first + " " + last
	} else if p.rand.IntN(3) == 0 {
		ending := "ич"
		if woman {
			ending = "на"
		}
		s.name += " " + p.pick(middleRu) + ending
	}
	s.email = fmt.Sprintf("%s.%s%d@%s", latin(first), latin(last), p.count, p.pick(domains))
	if language == "bg" {
		s.phone = fmt.Sprintf("+35988%07d", 1000000+p.count*7919%8999999)
	} else {
		s.phone = fmt.Sprintf("+79%02d%07d", []int{5, 16, 22, 26, 3, 12, 65}[p.rand.IntN(7)], 1000000+p.count*7919%8999999)
	}
	return s
}

var letters = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ё': "e", 'ж': "zh", 'з': "z", 'и': "i", 'й': "y", 'к': "k", 'л': "l",
	'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "h", 'ц': "ts", 'ч': "ch", 'ш': "sh",
	'щ': "sht", 'ъ': "a", 'ы': "y", 'ь': "", 'э': "e", 'ю': "yu", 'я': "ya",
}

// latin writes a name as its owner does in an address.
func latin(s string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(s) {
		out.WriteString(letters[r])
	}
	return out.String()
}

var comments = []string{
	"Готов выйти на следующей неделе, есть опыт в рознице.",
	"Три года в контакт-центре, хочу расти в продажах.",
	"Ищу работу ближе к дому, график 5/2 подходит.",
	"Могу приехать на собеседование в любой день после обеда.",
	"Работала кассиром-операционистом в банке, рекомендации есть.",
	"Сейчас учусь заочно, сессия в январе.",
	"Интересует обучение и понятная система роста.",
	"Есть права и машина, готов к разъездам.",
}

package demo

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
)

// A city where the company hires.
type city struct {
	name, zone, language string
	venue                store.Venue
	show                 float64 // how many of those expected come, on average
}

var cities = []city{
	{"Москва", "Europe/Moscow", "ru", store.Venue{
		Name: "Центральный офис", Address: "Москва, Ленинский проспект, 15, подъезд 2, этаж 4", Room: 14, Phone: "+7 495 000-15-15",
		MapURL:     "https://www.openstreetmap.org/?mlat=55.7189&mlon=37.5946#map=18/55.7189/37.5946",
		Directions: "От метро «Шаболовская» пять минут пешком: из метро направо, до проспекта, затем налево. Вход со двора, подъезд 2, стеклянная дверь. Охране назовите фамилию, паспорт при себе.",
	}, 0.20},
	{"Екатеринбург", "Asia/Yekaterinburg", "ru", store.Venue{
		Name: "Офис на Малышева", Address: "Екатеринбург, улица Малышева, 51, офис 1204", Room: 10, Phone: "+7 343 000-12-04",
		MapURL:     "https://www.openstreetmap.org/?mlat=56.8353&mlon=60.6129#map=18/56.8353/60.6129",
		Directions: "Башня напротив цирка. Вход с улицы Малышева, лифт до 12 этажа, из лифта налево. Если турникет не открывается, позвоните на ресепшен.",
	}, 0.26},
	{"Нижний Новгород", "Europe/Moscow", "ru", store.Venue{
		Name: "Салон на Большой Покровской", Address: "Нижний Новгород, Большая Покровская улица, 30", Room: 8, Phone: "+7 831 000-30-30",
		MapURL:     "https://www.openstreetmap.org/?mlat=56.3195&mlon=44.0011#map=18/56.3195/44.0011",
		Directions: "Пешеходная часть улицы, рядом с театром драмы. Пройдите через торговый зал к двери с табличкой «Учебный класс».",
	}, 0.33},
	{"Санкт-Петербург", "Europe/Moscow", "ru", store.Venue{
		Name: "Офис на Лиговском", Address: "Санкт-Петербург, Лиговский проспект, 74, лофт 3", Room: 12, Phone: "+7 812 000-74-74",
		MapURL:     "https://www.openstreetmap.org/?mlat=59.9210&mlon=30.3561#map=18/59.9210/30.3561",
		Directions: "От площади Восстания десять минут по Лиговскому, нечётная сторона. Во дворе вторая арка, лестница с жёлтыми перилами, третий этаж.",
	}, 0.14},
	{"София", "Europe/Sofia", "bg", store.Venue{
		Name: "Офис „Витошка“", Address: "София, бул. „Витоша“ 48, ет. 3", Room: 8, Phone: "+359 2 400 0048",
		MapURL:     "https://www.openstreetmap.org/?mlat=42.6886&mlon=23.3190#map=18/42.6886/23.3190",
		Directions: "От метростанция „НДК“ пет минути пеша по булеварда. Входът е между книжарницата и аптеката, звънец „Мост“.",
	}, 0.25},
}

// source is where responses come from: its share of them, and how much surer its people come.
type source struct {
	name, kind string
	share      int // of a hundred responses
	surer      float64
	cost       int64 // a vacancy, in whole units of the currency
}

var sources = []source{
	{"HeadHunter", "board", 48, 1.0, 18900},
	{"SuperJob", "board", 25, 0.65, 9500},
	{"Рекомендации сотрудников", "referral", 12, 2.0, 5000},
	{"Сайт компании", "site", 15, 1.25, 0},
}

// vacancy is a position sought; profile and city are places in their lists.
type vacancy struct {
	title         string
	profile, city int
	headcount     int
	level         int
	state         string
	public        bool
	share         int // of a hundred new responses; 0: none
}

var vacancies = []vacancy{
	{"Менеджер по работе с клиентами банка, Москва", bank, 0, 6, 2, store.VacancyOpen, true, 26},
	{"Менеджер по ключевым клиентам, Москва", corporate, 0, 2, 4, store.VacancyOpen, false, 14},
	{"Менеджер салона связи, Екатеринбург", shop, 1, 5, 1, store.VacancyOpen, true, 22},
	{"Специалист службы поддержки, Екатеринбург", desk, 1, 4, 1, store.VacancyOpen, true, 9},
	{"Менеджер салона связи, Нижний Новгород", shop, 2, 4, 1, store.VacancyOpen, true, 11},
	{"Менеджер по работе с клиентами банка, Санкт-Петербург", bank, 3, 3, 2, store.VacancyOpen, true, 12},
	{"Специалист обслужване на клиенти, София", desk, 4, 3, 2, store.VacancyOpen, true, 6},
	{"Менеджер салона связи, Санкт-Петербург", shop, 3, 5, 1, store.VacancyClosed, false, 0},
	{"Специалист службы поддержки, Нижний Новгород", desk, 2, 2, 1, store.VacancyDraft, false, 0},
}

// founded is when the company began to hire with Stazh: before its oldest session.
func (b *builder) founded() time.Time { return b.start.AddDate(0, -4, 0) }

func (b *builder) catalogue(ctx context.Context) error {
	at := b.founded()
	for n, p := range profiles {
		p.ID = uuid.Nil
		saved, err := b.Catalog.SaveProfile(ctx, b.actAt("profile/"+p.Title, at), p)
		if err != nil {
			return err
		}
		b.profiles[n] = saved.ID
	}
	for _, s := range sources {
		saved, err := b.Catalog.SaveSource(ctx, b.actAt("source/"+s.kind+"/"+s.name, at), store.Source{Name: s.name, Kind: s.kind})
		if err != nil {
			return err
		}
		b.sources = append(b.sources, saved.ID)
	}
	for _, c := range cities {
		v := c.venue
		v.City, v.Zone = c.name, c.zone
		saved, err := b.Catalog.SaveVenue(ctx, b.actAt("venue/"+c.name, at), v)
		if err != nil {
			return err
		}
		b.venues = append(b.venues, saved.ID)
	}
	return nil
}

func (b *builder) openVacancies(ctx context.Context) error {
	for n, v := range vacancies {
		at := b.founded().AddDate(0, 0, 1+n)
		c := cities[v.city]
		currency := "RUB"
		if c.language == "bg" {
			currency = "EUR"
		}
		var costs []store.VacancySource
		for i, s := range sources {
			cost := s.cost * 100
			if currency == "EUR" {
				cost /= 80
			}
			costs = append(costs, store.VacancySource{SourceID: b.sources[i], CostMinor: cost, Currency: currency})
		}
		row := store.Vacancy{
			ProfileID: b.profiles[v.profile], Title: v.title, City: c.name, Zone: c.zone, Language: c.language,
			Headcount: v.headcount, PayLevel: v.level, State: v.state, Public: v.public,
		}
		if v.state == store.VacancyClosed {
			row.State = store.VacancyOpen
		}
		saved, err := b.Catalog.SaveVacancy(ctx, b.actAt("vacancy/"+v.title, at), row, costs)
		if err != nil {
			return err
		}
		b.vacancies = append(b.vacancies, saved.ID)
		if v.state != store.VacancyClosed {
			continue
		}
		act := b.actAt("vacancy/closed/"+v.title, b.start.AddDate(0, 0, -21))
		if _, err := b.Catalog.SetVacancyState(ctx, act, saved.ID, saved.Version, store.VacancyClosed); err != nil {
			return err
		}
	}
	return nil
}

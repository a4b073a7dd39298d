package mail

import "time"

// sample is a letter that every kind can be rendered from.
func sample(lang string) Letter {
	yekb, err := time.LoadLocation("Asia/Yekaterinburg")
	if err != nil {
		panic(err)
	}
	l := Letter{
		Key:      "invitation/018f2f6e-7d1c-7c3a-9a55-0d8a0f3c1b42/1",
		Date:     time.Date(2026, 11, 23, 9, 15, 0, 0, yekb),
		Language: lang, Zone: "Asia/Yekaterinburg",
		To: Address{Name: "Мария Иванова", Email: "maria@example.com"}, FirstName: "Мария",
		Company: "ООО «Ромашка»", From: Address{Name: "ООО «Ромашка»", Email: "hr@romashka.example"},
		ReplyTo: Address{Email: "people@romashka.example"},
		Link:    "https://jobs.romashka.example/c/AYx3mHk2v1q8Zr5tYw7u0pLs9dFgHjKl-3b",
		Vacancy: "Менеджер по работе с клиентами", City: "Екатеринбург",
		Venue: Venue{
			Name: "Офис на Малышева", Address: "Екатеринбург, ул. Малышева, 51, этаж 12",
			MapURL:     "https://maps.example/?ll=60.61,56.83&z=16",
			Directions: "Вход со двора, синяя дверь.\nНа стойке назовите номер 12; с собой паспорт.",
		},
		StartsAt:         time.Date(2026, 11, 26, 10, 30, 0, 0, yekb),
		ArriveAt:         time.Date(2026, 11, 26, 10, 20, 0, 0, yekb),
		PreviousStartsAt: time.Date(2026, 11, 25, 14, 0, 0, 0, yekb),
		HeldAt:           time.Date(2026, 11, 27, 15, 0, 0, 0, yekb), HeldZone: "Asia/Yekaterinburg",
		LengthMinutes: 30, LongestWaitMinutes: 60,
		ReplyBy:  time.Date(2026, 11, 24, 9, 15, 0, 0, yekb),
		ChooseBy: time.Date(2026, 11, 29, 10, 30, 0, 0, yekb),
		DecideBy: time.Date(2026, 12, 3, 18, 0, 0, 0, yekb),
		Expires:  time.Date(2026, 11, 26, 9, 15, 0, 0, yekb),
		Reason:   "session_cancelled",
		EventUID: "b7d1f1a2c3@romashka.example", EventSequence: 2,
		ChangedAt: time.Date(2026, 11, 23, 9, 5, 0, 0, yekb),
	}
	switch lang {
	case "en":
		l.To.Name, l.FirstName, l.Company, l.From.Name = "Maria Ivanova", "Maria", "Romashka Ltd", "Romashka Ltd"
		l.Vacancy, l.City = "Account manager", "Yekaterinburg"
		l.Venue.Name, l.Venue.Address = "Malysheva office", "51 Malysheva St, floor 12, Yekaterinburg"
		l.Venue.Directions = "Enter from the yard, blue door.\nGive number 12 at the desk; bring your passport."
	case "bg":
		l.To.Name, l.FirstName, l.Company, l.From.Name = "Мария Иванова", "Мария", "„Ромашка“ ООД", "„Ромашка“ ООД"
		l.Vacancy, l.City = "Мениджър ключови клиенти", "Екатеринбург"
		l.Venue.Name, l.Venue.Address = "Офис „Малишева“", "Екатеринбург, ул. „Малишева“ 51, ет. 12"
		l.Venue.Directions = "Вход откъм двора, синята врата.\nНа рецепцията кажете номер 12; носете паспорт."
	}
	l.HeldPlace = l.Venue.Name + ", " + l.Venue.Address
	return l
}

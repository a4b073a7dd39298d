package web

import "strings"

// agents are looked for in this order: each browser also claims to be those after it.
var (
	agents  = [][2]string{{"YaBrowser", "Yandex Browser"}, {"Edg", "Edge"}, {"OPR", "Opera"}, {"Firefox", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}}
	systems = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}}
)

// device reads a browser's and a system's name from a User-Agent header; "" for what it does not know.
func device(agent string) (browser, system string) {
	find := func(names [][2]string) string {
		for _, n := range names {
			if strings.Contains(agent, n[0]) {
				return n[1]
			}
		}
		return ""
	}
	return find(agents), find(systems)
}

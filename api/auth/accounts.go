package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/link"
)

// Options are what Accounts is made from. Store, Links and Origin are needed; zero durations and limits
// mean the defaults.
type Options struct {
	Reader  *store.Reader
	Catalog *store.Catalog
	Links   link.Keys
	// Origin is where browsers find us, "https://stazh.example": its scheme decides on the cookie
	// (__Host- and Secure over https only), and Origin headers are compared with it.
	Origin string

	Now      func() time.Time // wall time; nil: time.Now
	Business func() time.Time // business time, for the journal and mails; nil: Now

	Absolute   time.Duration // a session's longest life: 12 h by default, at most 14 days
	Idle       time.Duration // a session ends when not used for so long: 4 h by default
	Invitation time.Duration // how long an invitation's link works: 7 days
	Reset      time.Duration // how long a link for a forgotten password works: 4 h, so a mail delayed by an hour still does
	Floor      time.Duration // the least time the forgotten-password answer takes: 300 ms; negative: none (tests)

	PerAccount  store.Limit // failed sign-ins of one account: 10 in 15 minutes
	PerAddress  store.Limit // failed sign-ins from one address: 100 in 15 minutes
	MailAccount store.Limit // links mailed to one account: 3 an hour
	MailAddress store.Limit // links asked for from one address: 30 an hour

	Log *slog.Logger // ids and codes only; nil: slog.Default
}

// Accounts is the service of accounts: who may sign in, and with what. Safe for concurrent use.
type Accounts struct {
	Options
	secure bool
	hashes *hasher
	pepper []byte
}

// MaxAbsolute is the longest life a session may be configured to.
const MaxAbsolute = 14 * 24 * time.Hour

// New returns the service. It hashes one password to have something to compare strangers' tries with,
// which takes about 35 ms.
func New(o Options) *Accounts {
	or := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	orLimit := func(l *store.Limit, tries int, window time.Duration) {
		if l.Tries == 0 {
			*l = store.Limit{Tries: tries, Window: window}
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Business == nil {
		o.Business = o.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	or(&o.Absolute, 12*time.Hour)
	o.Absolute = min(o.Absolute, MaxAbsolute)
	or(&o.Idle, 4*time.Hour)
	or(&o.Invitation, 7*24*time.Hour)
	or(&o.Reset, 4*time.Hour)
	or(&o.Floor, 300*time.Millisecond)
	orLimit(&o.PerAccount, 10, 15*time.Minute)
	orLimit(&o.PerAddress, 100, 15*time.Minute)
	orLimit(&o.MailAccount, 3, time.Hour)
	orLimit(&o.MailAddress, 30, time.Hour)
	a := &Accounts{Options: o, hashes: newHasher(), secure: len(o.Origin) > 8 && o.Origin[:8] == "https://"}
	a.pepper = tag(o.Links[slices.Max(slices.Collect(maps.Keys(o.Links)))], "limiter")
	return a
}

// act is a command by p under key, now.
func (a *Accounts) act(actor, key string) store.Act {
	return store.Act{Actor: actor, Key: key, Wall: a.Now(), Business: a.Business()}
}

// tag is HMAC-SHA-256 of text under key.
func tag(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// limitKey names a counter by what it counts and a keyed hash of whom: the table holds no addresses, and
// they cannot be guessed from it.
func (a *Accounts) limitKey(what, whom string) string {
	return what + "/" + base64.RawURLEncoding.EncodeToString(tag(a.pepper, what+"|"+whom)[:18])
}

// Nearest is the address that our proxy saw. Behind one, Fiber's IP is the whole X-Forwarded-For header,
// to which the proxy appended; whatever stands before that is the client's own invention, and counting by
// it would let anybody have a fresh limiter for each try.
func Nearest(ip string) string {
	return strings.TrimSpace(ip[strings.LastIndexByte(ip, ',')+1:])
}

// network is what the limiter counts an address as: an IPv6 address by its /64, which one household
// has, else the address.
func network(ip string) string {
	ip = Nearest(ip)
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	addr = addr.Unmap()
	if addr.Is6() {
		if p, err := addr.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}

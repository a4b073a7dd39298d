package app

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"

	outgoing "github.com/stazh/stazh/activities/mail"
	"github.com/stazh/stazh/workflows/link"
)

// Config is everything an installation sets, from the environment only.
type Config struct {
	Role        string `env:"ROLE" envDefault:"all"`                // all, http, worker
	Listen      string `env:"LISTEN" envDefault:":8080"`            // address of the HTTP server
	PublicURL   string `env:"PUBLIC_URL,required,notEmpty"`         // as candidates see it: https://jobs.example.org
	DatabaseURL string `env:"DATABASE_URL,required,notEmpty,unset"` // postgres://...
	Connections int    `env:"DATABASE_CONNECTIONS" envDefault:"20"`

	TemporalAddress   string `env:"TEMPORAL_ADDRESS" envDefault:"127.0.0.1:7233"`
	TemporalNamespace string `env:"TEMPORAL_NAMESPACE" envDefault:"stazh"`
	TemporalAPIKey    string `env:"TEMPORAL_API_KEY,unset"`
	TemporalTLS       bool   `env:"TEMPORAL_TLS"`
	TemporalCA        string `env:"TEMPORAL_TLS_CA"`   // file
	TemporalCert      string `env:"TEMPORAL_TLS_CERT"` // file
	TemporalKey       string `env:"TEMPORAL_TLS_KEY"`  // file

	LinkKeys string `env:"LINK_KEYS,required,notEmpty,unset"` // 1:64 hex digits[,2:...]; see workflows/link

	SMTPHost     string `env:"SMTP_HOST,required,notEmpty"`
	SMTPPort     int    `env:"SMTP_PORT" envDefault:"587"`
	SMTPTLS      string `env:"SMTP_TLS" envDefault:"starttls"` // starttls, tls, none
	SMTPUser     string `env:"SMTP_USER"`
	SMTPPassword string `env:"SMTP_PASSWORD,unset"`
	MailFrom     string `env:"MAIL_FROM,required,notEmpty"` // Stazh <jobs@example.org>

	Zone         string `env:"ZONE" envDefault:"Europe/Moscow"` // of the company, for staff without their own
	TrustedProxy string `env:"TRUSTED_PROXY"`                   // comma-separated addresses; X-Forwarded-* of others is ignored
	LogLevel     string `env:"LOG_LEVEL" envDefault:"info"`

	// Dev is set by cmd/dev alone: plain http, the style guide.
	Dev bool `env:"-"`

	keys link.Keys
	from mail.Address
}

// FromEnvironment reads and checks the configuration; the error lists everything that is wrong with it.
func FromEnvironment() (Config, error) {
	var c Config
	err := env.Parse(&c)
	return c, errors.Join(explain(err), c.Check())
}

// explain takes the library's aggregate apart, so that each fault stands on a line of its own.
func explain(err error) error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return err
	}
	return errors.Join(all.Errors...)
}

// Check judges the values that are there; what is missing FromEnvironment has said.
func (c *Config) Check() error {
	var faults []error
	fail := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !slices.Contains([]string{"all", "http", "worker"}, c.Role) {
		fail("ROLE is %q; it must be all, http or worker", c.Role)
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	if u, err := url.Parse(c.PublicURL); c.PublicURL != "" {
		switch {
		case err != nil || u.Host == "" || u.Path != "" || u.Scheme != "http" && u.Scheme != "https":
			fail("PUBLIC_URL must be like https://jobs.example.org, without a path")
		case u.Scheme == "http" && !c.Dev:
			fail("PUBLIC_URL must be https: sign-in cookies and candidates' links are not for plain http")
		}
	}
	if u, err := url.Parse(c.DatabaseURL); c.DatabaseURL != "" && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql") {
		fail("DATABASE_URL must be like postgres://user:password@host:5432/stazh")
	}
	if c.Connections < 4 || c.Connections > 500 {
		fail("DATABASE_CONNECTIONS is %d; it must be 4 to 500", c.Connections)
	}
	if (c.TemporalCert == "") != (c.TemporalKey == "") {
		fail("TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY come together")
	}
	if c.LinkKeys != "" {
		keys, err := link.ParseKeys(c.LinkKeys)
		if err != nil {
			fail("LINK_KEYS must be like 1:<64 hex digits>; make one with: openssl rand -hex 32")
		}
		c.keys = keys
	}
	if !slices.Contains([]outgoing.TLSMode{outgoing.StartTLS, outgoing.ImplicitTLS, outgoing.NoTLS}, outgoing.TLSMode(c.SMTPTLS)) {
		fail("SMTP_TLS is %q; it must be starttls, tls or none", c.SMTPTLS)
	}
	if c.SMTPPort < 0 || c.SMTPPort > 65535 {
		fail("SMTP_PORT is %d; it must be 1 to 65535", c.SMTPPort)
	}
	if c.MailFrom != "" {
		from, err := mail.ParseAddress(c.MailFrom)
		if err != nil {
			fail("MAIL_FROM must be like: Stazh <jobs@example.org>")
		} else {
			c.from = *from
		}
	}
	if _, err := zone(c.Zone); err != nil {
		fail("ZONE is %q; it must be a name such as Europe/Moscow", c.Zone)
	}
	if _, err := level(c.LogLevel); err != nil {
		fail("LOG_LEVEL is %q; it must be debug, info, warn or error", c.LogLevel)
	}
	return errors.Join(faults...)
}

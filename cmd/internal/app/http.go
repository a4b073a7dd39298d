package app

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/link"
)

// bodyLimit bounds what a request may carry: a file of 10 MB and the form around it.
const bodyLimit = 12 << 20

// NewHTTP builds the router: pages, API, health. The matrix that it returns says who may use which route;
// a route that is not in it answers not found.
func (a *App) NewHTTP() (*fiber.App, *auth.Matrix) {
	server, matrix := a.router(&web.Live{})
	return server, matrix
}

// router is NewHTTP with the news for open screens.
func (a *App) router(live *web.Live) (*fiber.App, *auth.Matrix) {
	accounts := a.Accounts()
	zone, _ := zone(a.Config.Zone) // Check has read it
	frame := web.New(web.Options{
		Zone: zone, Now: a.Now, Clock: a.lastClock, Dev: a.Config.Dev, Secure: strings.HasPrefix(a.Config.PublicURL, "https://"),
		Company: func(c *fiber.Ctx) string {
			s, _ := a.Reader.Company(c.UserContext()) // a page without its head is better than none
			return s.Name
		},
		SaveLanguage: func(c *fiber.Ctx, _ web.Principal, language string) error {
			return accounts.SetLanguage(c.UserContext(), auth.Of(c), language)
		},
	})
	server := fiber.New(fiber.Config{
		AppName: "Stazh", DisableStartupMessage: true,
		Immutable: true, CaseSensitive: true, StrictRouting: true, // or /ONLY and /only/ slip past guards
		BodyLimit: bodyLimit, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute,
		EnableTrustedProxyCheck: true, TrustedProxies: proxies(a.Config.TrustedProxy), ProxyHeader: proxyHeader(a.Config.TrustedProxy),
		DisablePreParseMultipartForm: true, // or a broken form never reaches the routes that say what is wrong with it
		ErrorHandler:                 api.ErrorHandler(frame.Problem),
	})
	server.Use(recover.New(recover.Config{EnableStackTrace: true, StackTraceHandler: func(c *fiber.Ctx, e any) {
		a.Log.Error("panic", "route", c.Route().Path, "type", typeName(e), "stack", string(debug.Stack()))
	}}))
	server.Use(frame.Headers, web.RefuseEncoded, accounts.Authenticate)
	matrix := auth.NewMatrix(accounts)
	routes := auth.Routes{App: server, Matrix: matrix}
	routes.Get("/healthz", auth.Public, func(c *fiber.Ctx) error { return c.SendString("ok") })
	routes.Get("/readyz", auth.Public, a.ready)
	pages := &web.Pages{
		Frame: frame, Reader: a.Reader, Catalog: a.Catalog, Accounts: accounts, Commands: a.Client,
		Keys: a.Config.keys, PublicURL: a.Config.PublicURL, Now: a.Now, Live: live,
	}
	pages.Register(routes)
	api.Mount(server, api.Options{Reader: a.Reader, Catalog: a.Catalog, Commands: a.Client, Accounts: accounts, Matrix: matrix})
	matrix.Guard(server)
	return server, matrix
}

// ready says whether facts can be read and commands sent; without Temporal pages still read.
func (a *App) ready(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), 3*time.Second)
	defer cancel()
	if a.DB.PingContext(ctx) != nil {
		return c.Status(fiber.StatusServiceUnavailable).SendString("no database")
	}
	if _, err := a.Temporal.CheckHealth(ctx, nil); err != nil {
		return c.Status(fiber.StatusServiceUnavailable).SendString("no temporal")
	}
	return c.SendString("ready")
}

// Accounts returns the service of accounts of this installation.
func (a *App) Accounts() *auth.Accounts {
	keys := a.Config.keys
	if len(keys) == 0 { // a command line, which signs nobody in and reads no link
		keys = link.Keys{0: []byte(rand.Text() + rand.Text())}
	}
	return auth.New(auth.Options{
		Reader: a.Reader, Catalog: a.Catalog, Links: keys, Origin: a.Config.PublicURL, Business: a.Now, Log: a.Log,
	})
}

// Now is business time, or wall time while the clock cannot be read.
func (a *App) Now() time.Time {
	wall := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	clock, err := a.Reader.Clock(ctx)
	if err != nil {
		return wall
	}
	a.clock.Store(&clock)
	return clock.At(wall)
}

// lastClock is the clock that Now read last; the zero Clock, wall time, before it has.
func (a *App) lastClock() hiring.Clock {
	if clock := a.clock.Load(); clock != nil {
		return *clock
	}
	return hiring.Clock{}
}

// startHTTP listens and serves until ctx ends; open requests get ten seconds to finish.
func (a *App) startHTTP(ctx context.Context, fail context.CancelCauseFunc) (func(), error) {
	listener, err := net.Listen("tcp", a.Config.Listen)
	if err != nil {
		return nil, errors.Join(errors.New("the address cannot be listened on (LISTEN)"), err)
	}
	live := &web.Live{}
	server, _ := a.router(live)
	listening, deaf := context.WithCancel(ctx)
	go func() {
		if err := store.Listen(listening, a.Config.DatabaseURL, live.Told); err != nil {
			fail(err)
		}
	}()
	go func() {
		if err := server.Listener(listener); err != nil {
			fail(err)
		}
	}()
	a.Log.Info("serving", "address", listener.Addr().String(), "public", a.Config.PublicURL)
	return func() { deaf(); live.Close(); _ = server.ShutdownWithTimeout(10 * time.Second) }, nil
}

func proxies(list string) []string {
	var out []string
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

func proxyHeader(trusted string) string {
	if trusted == "" {
		return ""
	}
	return fiber.HeaderXForwardedFor
}

// typeName says what was thrown without its text, which may quote what people typed.
func typeName(e any) string {
	if err, ok := e.(error); ok {
		return fault.Redact(err)
	}
	return "value"
}

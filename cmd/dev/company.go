package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/cmd/dev/demo"
	"github.com/stazh/stazh/workflows/fault"
)

// demoFile is what programs that try the demo company out need: .dev/demo.json.
type demoFile struct {
	URL      string                 `json:"url"`
	APIToken string                 `json:"api_token"` // of the administrator, scope admin
	Accounts map[string]demoAccount `json:"accounts"`  // by role
}

type demoAccount struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// hasCompany reports whether an earlier start completed the demo company.
func hasCompany(ctx context.Context, r *store.Reader) (bool, error) {
	_, done, err := r.WhenDone(ctx, demo.Actor, demo.Completed)
	return done, err
}

// company builds the demo company at the first start.
func (r *running) company(ctx context.Context) error {
	return demo.Seed(ctx, demo.Company{
		DB: r.app.DB, Reader: r.app.Reader, Catalog: r.app.Catalog, Accounts: r.app.Accounts(), Commands: r.app.Client, Now: r.app.Now,
	})
}

// announce writes demo.json and says where to begin.
func (r *running) announce(ctx context.Context) error {
	f, err := r.demoFile(ctx)
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(r.env.dir, "demo.json")
	if err := writePrivate(path, append(raw, '\n')); err != nil {
		return err
	}
	say := r.env.out.say
	say("")
	say("  Sign in at  %s/sign-in", f.URL)
	if r.env.speed > 1 {
		say("  Clock       %d times faster; it stands still while nothing runs", r.env.speed)
	}
	say("")
	say("  %-14s %-32s %s", "Role", "E-mail", "Password")
	for _, a := range demo.Accounts {
		say("  %-14s %-32s %s", a.Role, a.Email, demo.Password)
	}
	say("")
	say("  Also in     %s, with an API token", path)
	return nil
}

// demoFile keeps the token of the start before while it works, and makes another otherwise.
func (r *running) demoFile(ctx context.Context) (demoFile, error) {
	var f demoFile
	raw, err := os.ReadFile(filepath.Join(r.env.dir, "demo.json"))
	switch {
	case err == nil:
		_ = json.Unmarshal(raw, &f) // whatever somebody made of it, the token is judged below
	case !errors.Is(err, fs.ErrNotExist):
		return f, err
	}
	f.URL, f.Accounts = r.config.PublicURL, map[string]demoAccount{}
	for _, a := range demo.Accounts {
		f.Accounts[string(a.Role)] = demoAccount{Email: a.Email, Password: demo.Password}
	}
	accounts := r.app.Accounts()
	p, err := accounts.TokenPrincipal(ctx, f.APIToken)
	if err == nil && p.InScope(auth.Admin) {
		return f, nil
	}
	if err != nil && fault.KindOf(err) != fault.Unauthenticated && fault.KindOf(err) != fault.NotFound {
		return f, err
	}
	admin, err := r.app.Reader.StaffByEmail(ctx, demo.Accounts[0].Email)
	if err != nil {
		return f, err
	}
	f.APIToken, _, err = accounts.MintToken(ctx, "demo/"+uuid.NewString(), admin.ID, auth.NewToken{Name: "demo.json", Scope: auth.Admin, Days: auth.MaxTokenDays})
	return f, err
}

// settingsFile is where cmd/admin --dev finds the running installation: its environment, a variable a line.
const settingsFile = "environment"

func (r *running) leaveSettings() error {
	c := r.config
	body := fmt.Sprintf("DATABASE_URL=%s\nTEMPORAL_ADDRESS=%s\nTEMPORAL_NAMESPACE=%s\nPUBLIC_URL=%s\nLINK_KEYS=%s\n",
		c.DatabaseURL, c.TemporalAddress, c.TemporalNamespace, c.PublicURL, c.LinkKeys)
	return writePrivate(filepath.Join(r.env.dir, settingsFile), []byte(body))
}

func (r *running) takeSettings() error {
	if err := os.Remove(filepath.Join(r.env.dir, settingsFile)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

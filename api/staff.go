package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/staff"
)

// Account is somebody who works here.
type Account struct {
	ID         uuid.UUID  `json:"id"`
	Email      string     `json:"email"`
	Name       string     `json:"name"`
	Roles      []string   `json:"roles" example:"[\"hr\"]"`
	Language   string     `json:"language" enum:"en,bg,ru"`
	Zone       string     `json:"zone" example:"Europe/Moscow"`
	Invited    bool       `json:"invited" doc:"Has yet to set a password."`
	DisabledAt *time.Time `json:"disabled_at,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	Version    int        `json:"version"`
}

func accountOf(s store.Staff) Account {
	return Account{s.ID, s.Email, s.Name, append([]string{}, s.Roles...), s.Language, s.Zone, s.Invited(), s.DisabledAt, s.CreatedAt, s.Version}
}

// Me is who asks.
type Me struct {
	Account
	By     string   `json:"by" enum:"staff,token" doc:"staff: a signed-in browser; token: a program."`
	Scopes []string `json:"scopes,omitempty" doc:"Of the token."`
}

// NewAccount invites somebody.
type NewAccount struct {
	Email    string   `json:"email" maxLength:"254"`
	Name     string   `json:"name" maxLength:"200"`
	Roles    []string `json:"roles" minItems:"1" maxItems:"9" doc:"admin, hr, interviewer, receptionist, curator, head_of_sales, director, employee, payroll."`
	Language string   `json:"language" enum:"en,bg,ru"`
	Zone     string   `json:"zone" maxLength:"64" example:"Europe/Moscow"`
}

// AccountChange changes an account.
type AccountChange struct {
	Version  int      `json:"version" minimum:"1"`
	Name     string   `json:"name" maxLength:"200"`
	Roles    []string `json:"roles" minItems:"1" maxItems:"9"`
	Language string   `json:"language" enum:"en,bg,ru"`
	Zone     string   `json:"zone" maxLength:"64"`
}

// Session is a signed-in browser.
type Session struct {
	ID        uuid.UUID `json:"id"`
	IP        string    `json:"ip"`
	Browser   string    `json:"browser"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Current   bool      `json:"current"`
}

// Token lets a program act for a person. Its secret is not kept.
type Token struct {
	ID        uuid.UUID  `json:"id"`
	Name      string     `json:"name"`
	Hint      string     `json:"hint" doc:"How it begins."`
	Scopes    []string   `json:"scopes"`
	ExpiresAt time.Time  `json:"expires_at"`
	UsedAt    *time.Time `json:"used_at,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
}

// NewTokenCommand makes a token.
type NewTokenCommand struct {
	Name  string `json:"name" maxLength:"100" doc:"What it is for."`
	Scope string `json:"scope" enum:"read,write,admin"`
	Days  int    `json:"days" minimum:"1" maximum:"366"`
}

// NewToken is a token with its secret, shown this once.
type NewToken struct {
	Token
	Secret string `json:"secret" doc:"Shown this once."`
}

func tokenOf(t store.APIToken) Token {
	return Token{t.ID, t.Name, t.Hint, append([]string{}, t.Scopes...), t.ExpiresAt, t.UsedAt, t.CreatedAt}
}

func rolesOf(texts []string) []staff.Role {
	roles := make([]staff.Role, 0, len(texts))
	for _, t := range texts {
		roles = append(roles, staff.Role(t))
	}
	return roles
}

func (a *API) staff() {
	a.me()
	at := func(id, method, path, summary, doc string) op {
		return op{id: id, method: method, path: path, tag: "Accounts", summary: summary, doc: doc, access: auth.Roles(staff.Admin)}
	}
	list := at("list-staff", http.MethodGet, "/staff", "List accounts", "By name.")
	list.access = auth.Roles(staff.Admin, staff.HR, staff.HeadOfSales, staff.Director)
	register(a, list, func(ctx context.Context, in *struct {
		PageInput
		Text     string `query:"text" maxLength:"200" doc:"Part of the name or address."`
		Role     string `query:"role" enum:"admin,hr,interviewer,receptionist,curator,head_of_sales,director,employee,payroll"`
		Disabled bool   `query:"disabled" doc:"The disabled instead of the others."`
	},
	) (*listOutput[Account], error) {
		rows, next, err := a.Reader.StaffList(ctx, store.StaffQuery{Search: in.Text, Role: staff.Role(in.Role), Disabled: in.Disabled, Cursor: in.Cursor, Limit: in.Limit})
		if err != nil {
			return nil, err
		}
		return listOf(rows, next, accountOf), nil
	})
	get := at("get-staff", http.MethodGet, "/staff/{id}", "Get an account", "")
	get.access = list.access
	register(a, get, func(ctx context.Context, in *IDInput) (*one[Account], error) {
		s, err := a.Reader.StaffByID(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		return &one[Account]{accountOf(s)}, nil
	})
	invite := at("invite-staff", http.MethodPost, "/staff", "Invite somebody", "He gets a mail with a link to set a password.")
	invite.status = http.StatusCreated
	register(a, invite, func(ctx context.Context, in *struct {
		KeyInput
		Body NewAccount
	},
	) (*one[Account], error) {
		by, err := in.by(auth.From(ctx))
		if err != nil {
			return nil, err
		}
		b := in.Body
		s, err := a.Accounts.Invite(ctx, auth.From(ctx), by.Key, store.NewStaff{Email: b.Email, Name: b.Name, Language: b.Language, Zone: b.Zone, Roles: rolesOf(b.Roles)})
		if err != nil {
			return nil, err
		}
		return &one[Account]{accountOf(s)}, nil
	})
	register(a, at("change-staff", http.MethodPut, "/staff/{id}", "Change an account", ""), func(ctx context.Context, in *commandInput[AccountChange]) (*one[Account], error) {
		by, err := in.by(auth.From(ctx))
		if err != nil {
			return nil, err
		}
		b := in.Body
		s, err := a.Accounts.Change(ctx, auth.From(ctx), by.Key, in.uuid(), store.StaffChange{Version: b.Version, Name: b.Name, Language: b.Language, Zone: b.Zone, Roles: rolesOf(b.Roles)})
		if err != nil {
			return nil, err
		}
		return &one[Account]{accountOf(s)}, nil
	})
	done := func(o op, do func(context.Context, auth.Principal, string, uuid.UUID) error) {
		register(a, o, func(ctx context.Context, in *BareInput) (*struct{}, error) {
			by, err := in.by(auth.From(ctx))
			if err != nil {
				return nil, err
			}
			return nil, do(ctx, auth.From(ctx), by.Key, in.uuid())
		})
	}
	done(at("send-staff-link", http.MethodPost, "/staff/{id}/link", "Mail somebody a new link to set a password", ""), a.Accounts.SendLink)
	done(at("disable-staff", http.MethodPost, "/staff/{id}/disable", "Disable an account", "Its sessions end and its tokens are revoked."), a.Accounts.Disable)
	done(at("enable-staff", http.MethodPost, "/staff/{id}/enable", "Enable a disabled account", ""), a.Accounts.Enable)
}

// me registers what everybody may do with his own account.
func (a *API) me() {
	at := func(id, method, path, summary string) op {
		return op{id: id, method: method, path: path, tag: "Accounts", summary: summary, access: auth.SignedIn}
	}
	register(a, at("get-me", http.MethodGet, "/me", "Get who asks"), func(ctx context.Context, _ *struct{}) (*one[Me], error) {
		p := auth.From(ctx)
		s, err := a.Reader.StaffByID(ctx, p.StaffID)
		if err != nil {
			return nil, err
		}
		me := Me{Account: accountOf(s), By: string(p.Kind)}
		for _, scope := range p.Scopes {
			me.Scopes = append(me.Scopes, string(scope))
		}
		return &one[Me]{me}, nil
	})
	register(a, at("list-my-sessions", http.MethodGet, "/me/sessions", "List one's signed-in browsers"), func(ctx context.Context, _ *struct{}) (*listOutput[Session], error) {
		p := auth.From(ctx)
		rows, err := a.Accounts.Sessions(ctx, p)
		if err != nil {
			return nil, err
		}
		return listOf(rows, "", func(s store.Session) Session {
			return Session{s.ID, s.IP, s.Browser, s.CreatedAt, s.SeenAt, s.ExpiresAt, s.ID == p.SessionID}
		}), nil
	})
	end := at("end-my-session", http.MethodDelete, "/me/sessions/{id}", "Sign a browser out")
	end.access = auth.SignedIn.BySession()
	done := func(o op, do func(context.Context, auth.Principal, string, uuid.UUID) error) {
		register(a, o, func(ctx context.Context, in *BareInput) (*struct{}, error) {
			by, err := in.by(auth.From(ctx))
			if err != nil {
				return nil, err
			}
			return nil, do(ctx, auth.From(ctx), by.Key, in.uuid())
		})
	}
	done(end, a.Accounts.EndSession)
	register(a, at("list-my-tokens", http.MethodGet, "/me/tokens", "List one's API tokens"), func(ctx context.Context, _ *struct{}) (*listOutput[Token], error) {
		rows, err := a.Accounts.Tokens(ctx, auth.From(ctx))
		if err != nil {
			return nil, err
		}
		return listOf(rows, "", tokenOf), nil
	})
	create := at("create-token", http.MethodPost, "/me/tokens", "Make an API token")
	create.doc = "By a signed-in browser only. The secret is shown this once; the same key again is 409 token_made."
	create.access, create.status = auth.SignedIn.BySession(), http.StatusCreated
	register(a, create, func(ctx context.Context, in *struct {
		KeyInput
		Body NewTokenCommand
	},
	) (*one[NewToken], error) {
		by, err := in.by(auth.From(ctx))
		if err != nil {
			return nil, err
		}
		secret, t, err := a.Accounts.CreateToken(ctx, auth.From(ctx), by.Key, auth.NewToken{Name: in.Body.Name, Scope: auth.Scope(in.Body.Scope), Days: in.Body.Days})
		if err != nil {
			return nil, err
		}
		return &one[NewToken]{NewToken{tokenOf(t), secret}}, nil
	})
	revoke := at("revoke-token", http.MethodDelete, "/me/tokens/{id}", "Revoke an API token")
	revoke.access = auth.SignedIn.BySession()
	done(revoke, a.Accounts.RevokeToken)
}

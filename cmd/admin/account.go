package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/cmd/internal/app"
	"github.com/stazh/stazh/workflows/staff"
)

func accountCommand(o *operator) *cobra.Command {
	parent := &cobra.Command{Use: "account", Short: "Accounts of people who work here"}
	var n store.NewStaff
	var roles []string
	var passwordStdin bool
	var known []string
	for _, r := range staff.Roles {
		known = append(known, string(r))
	}
	create := &cobra.Command{
		Use:   "create --email ADDRESS --name NAME --role ROLE",
		Short: "Create an account, above all the first one",
		Long: `Creates an account. With --password-stdin the password is the first line of standard input and the person can
sign in at once; without it an invitation to set a password is mailed, which needs a running server with mail.

Roles: ` + strings.Join(known, ", ") + `. Give --role several times for several roles.`,
		Example: "  admin account create --email ann@example.org --name 'Ann Smith' --role admin --password-stdin < password.txt",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, r := range roles {
				n.Roles = append(n.Roles, staff.Role(r))
			}
			password, err := "", error(nil)
			if passwordStdin {
				if password, err = firstLine(cmd.InOrStdin()); err != nil {
					return err
				}
			}
			return o.with(cmd.Context(), func(a *app.App) error {
				accounts := a.Accounts()
				if passwordStdin {
					s, err := accounts.Create(cmd.Context(), newKey(), n, password)
					if err == nil {
						fmt.Fprintf(cmd.OutOrStdout(), "%s can sign in now.\n", s.Email)
					}
					return err
				}
				s, err := accounts.InviteBySystem(cmd.Context(), newKey(), n)
				if err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "An invitation to %s waits to be sent by the server.\n", s.Email)
				}
				return err
			})
		},
	}
	f := create.Flags()
	f.StringVar(&n.Email, "email", "", "address, which is also the sign-in name")
	f.StringVar(&n.Name, "name", "", "name as colleagues see it")
	f.StringSliceVar(&roles, "role", nil, "role; may be given several times")
	f.StringVar(&n.Language, "language", "en", "language of pages and mails: en, bg, ru")
	f.StringVar(&n.Zone, "zone", "Europe/Moscow", "time zone, such as Europe/Sofia")
	f.BoolVar(&passwordStdin, "password-stdin", false, "read the password from standard input instead of mailing an invitation")
	require(create, "email", "name", "role")
	parent.AddCommand(create)
	return parent
}

func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("no password came on standard input")
	}
	return line, nil
}

// require marks flags that must be given.
func require(c *cobra.Command, flags ...string) {
	for _, name := range flags {
		if err := c.MarkFlagRequired(name); err != nil {
			panic(err)
		}
	}
}

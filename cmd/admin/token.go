package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/cmd/internal/app"
	"github.com/stazh/stazh/workflows/fault"
)

func tokenCommand(o *operator) *cobra.Command {
	parent := &cobra.Command{Use: "token", Short: "API tokens: a program acts with one for a member of staff"}
	parent.AddCommand(tokenCreate(o), tokenList(o), tokenRevoke(o))
	return parent
}

func tokenCreate(o *operator) *cobra.Command {
	var email, scope string
	var n auth.NewToken
	c := &cobra.Command{
		Use:   "create --email ADDRESS --name PURPOSE --scope read|write|admin",
		Short: "Make a token and print it, this once",
		Long: `Makes an API token for a member of staff and prints it on standard output. It is shown this once and kept nowhere.
A program with it may do what that person may, within the scope: read, write, or admin for what only
administrators may.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			n.Scope = auth.Scope(scope)
			return o.with(cmd.Context(), func(a *app.App) error {
				who, err := a.Reader.StaffByEmail(cmd.Context(), email)
				if err != nil {
					return nobody(err, email)
				}
				secret, t, err := a.Accounts().MintToken(cmd.Context(), newKey(), who.ID, n)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "Token %s for %s, scope %s, until %s. It is shown this once:\n", t.ID, who.Email, scope, t.ExpiresAt.Format(time.DateOnly))
				fmt.Fprintln(cmd.OutOrStdout(), secret)
				return nil
			})
		},
	}
	f := c.Flags()
	f.StringVar(&email, "email", "", "whose token it is")
	f.StringVar(&n.Name, "name", "", "what it is for")
	f.StringVar(&scope, "scope", "read", "read, write or admin")
	f.IntVar(&n.Days, "days", 90, fmt.Sprintf("days until it expires, at most %d", auth.MaxTokenDays))
	require(c, "email", "name")
	return c
}

func tokenList(o *operator) *cobra.Command {
	var email string
	c := &cobra.Command{
		Use: "list --email ADDRESS", Short: "List a person's tokens that are not revoked", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.with(cmd.Context(), func(a *app.App) error {
				who, err := a.Reader.StaffByEmail(cmd.Context(), email)
				if err != nil {
					return nobody(err, email)
				}
				list, err := a.Reader.Tokens(cmd.Context(), who.ID)
				for _, t := range list {
					fmt.Fprintf(cmd.OutOrStdout(), "%s  %s...  %-5s  until %s  %s\n",
						t.ID, t.Hint, strings.Join(t.Scopes, ","), t.ExpiresAt.Format(time.DateOnly), t.Name)
				}
				return err
			})
		},
	}
	c.Flags().StringVar(&email, "email", "", "whose tokens")
	require(c, "email")
	return c
}

func tokenRevoke(o *operator) *cobra.Command {
	var text string
	c := &cobra.Command{
		Use: "revoke --id ID", Short: "End a token for good; token list shows the ids", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			id, err := parseID("id", text)
			if err != nil {
				return err
			}
			return o.with(cmd.Context(), func(a *app.App) error {
				owners, err := a.Reader.TokenOwners(cmd.Context(), []uuid.UUID{id})
				if err != nil {
					return err
				}
				owner, there := owners[id]
				if !there {
					return fmt.Errorf("there is no token %s", id)
				}
				act := store.Act{Actor: "system", Key: newKey(), Wall: time.Now(), Business: a.Now()}
				if err := a.Catalog.RevokeToken(cmd.Context(), act, owner, id); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "Token %s opens nothing any more.\n", id)
				return nil
			})
		},
	}
	c.Flags().StringVar(&text, "id", "", "the token's id")
	require(c, "id")
	return c
}

// nobody says whom there is no account for.
func nobody(err error, email string) error {
	if fault.KindOf(err) == fault.NotFound {
		return fmt.Errorf("nobody has an account with the address %s", email)
	}
	return err
}

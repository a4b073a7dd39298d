package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/cmd/internal/app"
	"github.com/stazh/stazh/workflows/intake"
)

func exportCommand(o *operator) *cobra.Command {
	parent := &cobra.Command{Use: "export", Short: "Files of what the installation holds"}
	var vacancy, path, delimiter string
	var bom bool
	responses := &cobra.Command{
		Use:   "responses --vacancy ID",
		Short: "Write a vacancy's responses as CSV",
		Long: `Writes the responses to a vacancy as CSV (UTF-8), the newest first, to standard output or to a file that only you
can read. Cells that a spreadsheet would run as formulas begin with an apostrophe; telephone numbers, which
begin with +, too. Erased people are left out.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			id, err := parseID("vacancy", vacancy)
			if err != nil {
				return err
			}
			options := intake.WriteOptions{BOM: bom}
			if len([]rune(delimiter)) != 1 {
				return errors.New("--delimiter must be one character")
			}
			options.Delimiter = []rune(delimiter)[0]
			return o.with(cmd.Context(), func(a *app.App) (err error) {
				if _, err := a.Reader.Vacancy(cmd.Context(), id); err != nil {
					return fmt.Errorf("vacancy %s: %s", id, sentence(err))
				}
				out := cmd.OutOrStdout()
				if path != "" {
					f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
					if err != nil {
						return err
					}
					defer func() { err = errors.Join(err, f.Close()) }()
					out = f
				}
				n, err := exportResponses(cmd.Context(), a.Reader, store.ApplicationFilter{Vacancy: id}, out, options)
				if err == nil {
					fmt.Fprintf(cmd.ErrOrStderr(), "%d responses\n", n)
				}
				return err
			})
		},
	}
	f := responses.Flags()
	f.StringVar(&vacancy, "vacancy", "", "the vacancy's id")
	f.StringVar(&path, "out", "", "file to write, which must not exist yet (standard output if left out)")
	f.StringVar(&delimiter, "delimiter", ",", "character between cells; Excel in Russian and Bulgarian wants ;")
	f.BoolVar(&bom, "bom", false, "begin with a byte order mark, without which Excel misreads Cyrillic")
	require(responses, "vacancy")
	parent.AddCommand(responses)
	return parent
}

// exportResponses writes page after page, so that a vacancy of any size needs little memory.
func exportResponses(ctx context.Context, r *store.Reader, f store.ApplicationFilter, w io.Writer, options intake.WriteOptions) (n int, err error) {
	var failed error
	rows := func(yield func([]string) bool) {
		if !yield([]string{"id", "name", "email", "phone", "city", "birth_year", "source", "state", "decision", "reason", "responded_at"}) {
			return
		}
		page := store.Page{Limit: store.MaxPage}
		for {
			list, next, err := r.Applications(ctx, f, page)
			if err != nil {
				failed = err
				return
			}
			for _, a := range list {
				if a.ErasedAt != nil {
					continue
				}
				born := ""
				if a.BirthYear != nil {
					born = strconv.Itoa(*a.BirthYear)
				}
				if n++; !yield([]string{
					a.ID.String(), a.Name, a.Email, a.Phone, a.PersonCity, born, a.SourceName, string(a.State), string(a.Decision), a.Reason,
					a.RespondedAt.UTC().Format(time.RFC3339),
				}) {
					return
				}
			}
			if page.Cursor = next; next == "" {
				return
			}
		}
	}
	err = intake.WriteCSV(w, options, rows)
	return n, errors.Join(failed, err)
}

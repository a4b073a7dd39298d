package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/intake"
)

// showrateOptions are the flags of showrate score.
type showrateOptions struct {
	train, test string
	columns     intake.AttendanceColumns
	read        intake.ReadOptions
	encoding    string
	context     []string
}

func showrateCommand() *cobra.Command {
	parent := &cobra.Command{Use: "showrate", Short: "Forecasts of who comes, learned from attendance"}
	var o showrateOptions
	score := &cobra.Command{
		Use:   "score --train A.csv --test B.csv",
		Short: "Learn from one file of past invitations, forecast another, print the scores as JSON",
		Long: `Learns from A who comes, forecasts each row of B without looking at its outcome, and prints how good
the forecasts were as JSON on standard output: log-loss and Brier score of one rate for everybody and of the
model, and the calibration of the model. Progress goes to standard error. Columns are found by their names;
name them where they are not found. No database is needed and nothing is stored.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.read.Encoding = intake.Encoding(o.encoding)
			return showrateScore(cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	f := score.Flags()
	f.StringVar(&o.train, "train", "", "CSV or XLSX to learn from")
	f.StringVar(&o.test, "test", "", "CSV or XLSX to forecast")
	f.StringVar(&o.columns.Came, "came", "", "header of the column that says who came (found if left out)")
	f.StringVar(&o.columns.Reply, "reply", "", `header of the reply or stated intention ("-": none)`)
	f.StringVar(&o.columns.Day, "day", "", `header of the day ("-": none)`)
	f.StringSliceVar(&o.columns.Ignore, "ignore", nil, "headers not to learn from")
	f.StringSliceVar(&o.context, "context", nil, "headers to shrink by, widest first, e.g. city,source,vacancy (found if left out)")
	f.StringVar(&o.encoding, "encoding", "", "utf-8, windows-1251, windows-1252, utf-16le, utf-16be (found if left out)")
	for _, name := range []string{"train", "test"} {
		if err := score.MarkFlagRequired(name); err != nil {
			panic(err)
		}
	}
	parent.AddCommand(score)
	return parent
}

// showrateReport is what showrate score prints.
type showrateReport struct {
	RowsTrain   int                     `json:"rows_train"`
	RowsTest    int                     `json:"rows_test"`
	Skipped     []intake.AttendanceSkip `json:"skipped"` // of the test file
	LogLoss     showratePair            `json:"log_loss"`
	Brier       showratePair            `json:"brier"`
	Calibration []hiring.RateBin        `json:"calibration"`
}

type showratePair struct {
	OneRate float64 `json:"one_rate"`
	Model   float64 `json:"model"`
}

func showrateScore(out, progress io.Writer, o showrateOptions) error {
	train, err := showrateRead(progress, o.train, o, o.columns)
	if err != nil {
		return err
	}
	for _, named := range []struct {
		flag    string
		headers []string
	}{{"ignore", o.columns.Ignore}, {"context", o.context}} {
		for _, h := range named.headers {
			if !hasHeader(slices.Concat(train.Learned, train.Columns.Ignore), h) {
				fmt.Fprintf(progress, "%s has no column %q to learn from: --%s does without it\n", filepath.Base(o.train), h, named.flag)
			}
		}
	}
	test, err := showrateRead(progress, o.test, o, o.columns.Like(train))
	if err != nil {
		return err
	}
	var missing []string
	for _, h := range train.Learned {
		if !hasHeader(test.Learned, h) {
			missing = append(missing, h)
		}
	}
	if len(missing) > 0 {
		fmt.Fprintf(progress, "%s has no %q: what was learned of it does not help there\n", filepath.Base(o.test), missing)
	}
	learn, check := showrateRows(train), showrateRows(test)
	if len(learn) < showrateFew {
		fmt.Fprintf(progress, "%s has %d %s with an outcome: so few say little, and the handbook's one in five weighs most\n",
			filepath.Base(o.train), len(learn), plural("row", len(learn)))
	}
	var context []string
	for _, c := range o.context {
		context = append(context, strings.Join(strings.Fields(strings.ToLower(c)), " "))
	}
	fmt.Fprintf(progress, "learning from %d %s...\n", len(learn), plural("row", len(learn)))
	model := hiring.LearnRates(learn, context)
	fmt.Fprintf(progress, "model: %s, day effect %.3f, held out on the training days: %v\n", model.Kind, model.DayEffect, model.HeldOut)
	one := hiring.RateOne(learn)
	var ones, models []float64
	var came []bool
	for _, r := range check {
		ones = append(ones, one)
		models = append(models, model.Forecast(r.RateFacts).P)
		came = append(came, r.Came)
	}
	a, b := hiring.ScoreRates(ones, came), hiring.ScoreRates(models, came)
	report := showrateReport{
		RowsTrain: len(learn), RowsTest: len(check), Skipped: test.Skipped,
		LogLoss:     showratePair{a.LogLoss, b.LogLoss},
		Brier:       showratePair{a.Brier, b.Brier},
		Calibration: b.Calibration,
	}
	if report.Skipped == nil {
		report.Skipped = []intake.AttendanceSkip{}
	}
	fmt.Fprintf(progress, "log-loss %.4f with one rate, %.4f with the model\n", a.LogLoss, b.LogLoss)
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}

// showrateLines is how many skipped lines are named one by one; the answer has all of the test file.
const showrateLines = 20

// showrateFew is fewer rows than which a page would not judge a forecast by either.
const showrateFew = 20

func hasHeader(headers []string, h string) bool {
	fold := func(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
	return slices.ContainsFunc(headers, func(one string) bool { return fold(one) == fold(h) })
}

func plural(word string, n int) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// showrateRead reads a file that tells of at least one invitation what became of it.
func showrateRead(progress io.Writer, path string, o showrateOptions, columns intake.AttendanceColumns) (*intake.AttendanceFile, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := intake.ReadAttendanceFile(filepath.Base(path), body, o.read, columns)
	switch fault.CodeOf(err) {
	case "":
	case "attendance_no_outcome":
		return nil, fmt.Errorf("%s: no column says who came; name it with --came", filepath.Base(path))
	case "column_unknown":
		return nil, fmt.Errorf("%s: it has no column as named by --%s", filepath.Base(path), fault.As(err).Details["option"])
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %s", filepath.Base(path), sentence(err))
	}
	fmt.Fprintf(progress, "%s: %d rows, %d skipped; came: %q, reply: %q, day: %q; learning from %d more columns, not from %q\n",
		filepath.Base(path), len(file.Rows), len(file.Skipped), file.Columns.Came, file.Columns.Reply, file.Columns.Day,
		len(file.Learned), file.Columns.Ignore)
	for n, s := range file.Skipped {
		if n == showrateLines {
			fmt.Fprintf(progress, "%s: %d more lines skipped\n", filepath.Base(path), len(file.Skipped)-n)
			break
		}
		fmt.Fprintf(progress, "%s line %d skipped: %s\n", filepath.Base(path), s.Line, s.Why)
	}
	if len(file.Rows) == 0 {
		return nil, fmt.Errorf("%s has no row that says whether the person came: %q was read for it", filepath.Base(path), file.Columns.Came)
	}
	dated := func(r intake.Attendance) bool { _, err := time.Parse(time.DateOnly, r.Day); return err == nil }
	said := func(r intake.Attendance) bool { return hiring.Reply(r.Reply) != hiring.ReplySilent }
	for _, named := range []struct {
		flag, header, what string
		has                func(intake.Attendance) bool
	}{{"day", columns.Day, "a date", dated}, {"reply", columns.Reply, "a reply", said}} {
		if named.header != "" && named.header != "-" && !slices.ContainsFunc(file.Rows, named.has) {
			fmt.Fprintf(progress, "%s: nothing in %q, which --%s names, is %s: it teaches nothing\n", filepath.Base(path), named.header, named.flag, named.what)
		}
	}
	return file, nil
}

func showrateRows(f *intake.AttendanceFile) []hiring.RateRow {
	rows := make([]hiring.RateRow, 0, len(f.Rows))
	for _, r := range f.Rows {
		rows = append(rows, hiring.RateRow{
			RateFacts: hiring.RateFacts{Fields: r.Fields, Numbers: r.Numbers, Reply: hiring.Reply(r.Reply)},
			Day:       r.Day, Came: r.Came,
		})
	}
	return rows
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// simulateOptions are the flags of simulate.
type simulateOptions struct {
	request     hiring.SimulationRequest
	weights     hiring.PlanWeights
	waitMinutes int
	waitRisk    float64
	room        int
	seed        uint64
	picture     string
	json        bool
}

func simulateCommand() *cobra.Command {
	o := simulateOptions{weights: hiring.DefaultPlanWeights()}
	c := &cobra.Command{
		Use:   "simulate",
		Short: "Play thousands of interview days and compare the rules of inviting",
		Long: `Plays days with random people and compares four rules: one person per interviewer and slot; 1/p
persons per interviewer and slot; the best plan; the best plan topped up as replies come. Utility is in
interviewer-slots: an interview is worth 1, waiting, idle time and overtime cost their weights. Ctrl-C ends the
game and prints what the days played so far came to.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return simulate(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	f := c.Flags()
	s := &o.request.Session
	f.IntVar(&s.Slots, "slots", 8, "slots of a day")
	f.IntVar(&s.SlotMinutes, "slot-minutes", 30, "minutes of a slot")
	f.IntVar(&s.Lanes, "lanes", 1, "interviewers")
	f.Float64Var(&o.request.P, "p", 0.2, "probability that an invited person comes")
	f.Float64Var(&s.DayEffect, "day-effect", 0.03, "correlation of people within a day (weather, metro)")
	f.IntVar(&o.request.Days, "days", 5000, "days to play")
	f.Float64Var(&o.request.Replies, "replies", 0.5, "share of the invited who answer in time, for the top-up")
	f.IntVar(&o.waitMinutes, "wait-limit", 0, "longest acceptable wait in minutes (0: no limit)")
	f.Float64Var(&o.waitRisk, "wait-risk", 0.1, "how often anyone may wait longer than that")
	f.IntVar(&o.room, "room", 0, "people that the waiting room and the interviewers hold (0: no bound)")
	f.Float64Var(&o.weights.Interviewed, "interviewed", o.weights.Interviewed, "worth of an interview")
	f.Float64Var(&o.weights.Waiting, "waiting", o.weights.Waiting, "cost of a candidate's slot of waiting")
	f.Float64Var(&o.weights.Idle, "idle", o.weights.Idle, "cost of an interviewer's idle slot")
	f.Float64Var(&o.weights.Overtime, "overtime", o.weights.Overtime, "cost of an interview after hours")
	f.Float64Var(&o.weights.Invitation, "invitation", o.weights.Invitation, "cost of an invitation")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the random numbers: same seed, same days")
	f.StringVar(&o.picture, "picture", "", "write a picture to this SVG file")
	f.BoolVar(&o.json, "json", false, "print JSON instead of the table")
	return c
}

func simulate(ctx context.Context, out, progress io.Writer, o simulateOptions) error {
	r := o.request
	r.Session.Weights = &o.weights
	if o.waitMinutes != 0 {
		r.Session.WaitLimit = &hiring.PlanWait{Minutes: o.waitMinutes, Probability: o.waitRisk}
	}
	if o.room != 0 {
		r.Session.Room = &o.room
	}
	bar := newSimulateBar(ctx, progress, r.Days)
	results, err := hiring.Simulate(r, rand.New(rand.NewPCG(o.seed, 0)), bar.tick)
	if f := fault.As(err); f != nil {
		return simulateRefusal(f)
	}
	if err != nil {
		return err
	}
	bar.done()
	if bar.played == 0 {
		return errors.New("stopped before a day was played")
	}
	asked := r.Days
	r.Days = bar.played
	if o.json {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(map[string]any{"days": r.Days, "results": results})
	} else {
		err = simulateTable(out, results)
	}
	if err != nil {
		return err
	}
	if o.picture != "" {
		if err := os.WriteFile(o.picture, []byte(simulatePicture(r, results)), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(progress, "picture:", o.picture)
	}
	if r.Days < asked {
		return fmt.Errorf("stopped after %d of %d days: the figures are of those", r.Days, asked)
	}
	return nil
}

// simulateFlags are the flags that a field of the planner's refusal comes from, and what they may be.
var simulateFlags = map[string]struct{ flag, bounds string }{
	"slots": {"slots", "1 to 64"}, "slot_minutes": {"slot-minutes", "1 to 1440"}, "lanes": {"lanes", "1 to 20"}, "days": {"days", "1 to 1000000"},
	"p": {"p", "0 to 1"}, "replies": {"replies", "0 to 1"}, "day_effect": {"day-effect", "0 to less than 1"},
	"wait_limit.minutes": {"wait-limit", "0 to 10080"}, "wait_limit.probability": {"wait-risk", "0 to 1"}, "room": {"room", "0 to 2000"},
}

func simulateRefusal(f *fault.Error) error {
	var wrong []string
	for field, code := range f.Fields {
		known, ok := simulateFlags[field]
		switch {
		case field == "p" && code == "too_many":
			wrong = append(wrong, "--p: so few come that the rule 1/p would invite more than 2000 people to a slot; take a larger share or fewer lanes")
		case ok && code == "out_of_range":
			wrong = append(wrong, "--"+known.flag+": must be "+known.bounds)
		case ok:
			wrong = append(wrong, "--"+known.flag+": "+i18n.Invalid(i18n.English, code))
		default:
			wrong = append(wrong, "--"+strings.TrimPrefix(field, "weights.")+": "+i18n.Invalid(i18n.English, code))
		}
	}
	return fmt.Errorf("cannot simulate this\n%s", strings.Join(sorted(wrong), "\n"))
}

// simulateNames are the rules in words.
var simulateNames = map[string]string{
	hiring.RuleOneEach: "one each",
	hiring.RuleOnePerP: "1/p each",
	hiring.RulePlan:    "the plan",
	hiring.RuleTopUp:   "plan, topped up",
}

func simulateTable(out io.Writer, results []hiring.SimulationResult) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "rule\tinvited\tcome\tutility\t±\twait, min\tidle\tovertime\tover 60 min\tnobody\t")
	for _, r := range results {
		fmt.Fprintf(w, "%s\t%.1f\t%.2f\t%.2f\t%.2f\t%.0f\t%.2f\t%.2f\t%.0f %%\t%.1f %%\t\n", simulateNames[r.Rule],
			r.Invited, r.Shows, r.Utility, r.UtilityError, r.MeanWaitMinutes, r.IdleSlots, r.Overtime, 100*r.LongWait, 100*r.Nobody)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range results {
		fmt.Fprintf(out, "%16s  %v\n", simulateNames[r.Rule], r.Counts)
	}
	fmt.Fprintln(out)
	for _, part := range simulateParts {
		most := 0.0
		for _, r := range results {
			most = max(most, part.value(r))
		}
		fmt.Fprintln(out, part.title)
		for _, r := range results {
			fmt.Fprintf(out, "%16s  %s %s\n", simulateNames[r.Rule], unicodeBar(part.value(r), most, 40), short(part.value(r)))
		}
	}
	return nil
}

// simulateParts are the compared figures, drawn by the bars and by the picture.
var simulateParts = []struct {
	title, color string
	value        func(hiring.SimulationResult) float64
}{
	{"interviews a day", "#2f6f4f", func(r hiring.SimulationResult) float64 { return r.Shows }},
	{"minutes a person waits", "#b7791f", func(r hiring.SimulationResult) float64 { return r.MeanWaitMinutes }},
	{"idle slots of interviewers", "#718096", func(r hiring.SimulationResult) float64 { return r.IdleSlots }},
	{"interviews after hours", "#9b2c2c", func(r hiring.SimulationResult) float64 { return r.Overtime }},
}

// unicodeBar draws v as eighths of blocks, most being width blocks long.
func unicodeBar(v, most float64, width int) string {
	if most <= 0 || v <= 0 {
		return ""
	}
	eighths := int(v/most*float64(width)*8 + 0.5)
	s := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		s += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return s
}

func short(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

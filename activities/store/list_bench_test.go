package store

import (
	"context"
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/hiring"
)

// benchRows is how many responses the large company of BenchmarkLists has. The proof for a million takes
// some minutes to fill:
//
//	go test ./activities/store -run '^$' -bench Lists -timeout 30m -args -rows 1000000
var benchRows = flag.Int("rows", 50000, "responses in the large company of BenchmarkLists")

// A page of each list, the first and one from the middle, in a company of a thousand responses and in a
// large one: the metric "x-small" says how many times longer it takes there.
func BenchmarkLists(b *testing.B) {
	ctx := context.Background()
	small, large := fillLists(b, 1000, 30), fillLists(b, *benchRows, *benchRows/33)
	vacancy := uuid.MustParse(listVacancy)
	middle := func(n int) string {
		return timeCursor(time.Date(2027, 2, 1, 0, 0, n/6, 0, time.UTC), uuid.Max)
	}
	for _, list := range []struct {
		name string
		read func(r *Reader, n int) (int, error)
	}{
		{"candidates", func(r *Reader, _ int) (int, error) { return pageOf(r.Applications(ctx, ApplicationFilter{}, Page{})) }},
		{"candidates-middle", func(r *Reader, n int) (int, error) {
			return pageOf(r.Applications(ctx, ApplicationFilter{}, Page{Cursor: middle(n)}))
		}},
		{"candidates-of-a-vacancy", func(r *Reader, n int) (int, error) {
			return pageOf(r.Applications(ctx, ApplicationFilter{Vacancy: vacancy}, Page{Cursor: middle(n)}))
		}},
		{"shortlist", func(r *Reader, _ int) (int, error) {
			return pageOf(r.Applications(ctx, ApplicationFilter{Vacancy: vacancy, States: []hiring.State{hiring.Shortlisted}, ByRank: true}, Page{Limit: 20}))
		}},
		{"candidates-by-name", func(r *Reader, n int) (int, error) {
			return pageOf(r.Applications(ctx, ApplicationFilter{Text: fmt.Sprint("Person ", n/2)}, Page{}))
		}},
		{"sessions", func(r *Reader, _ int) (int, error) {
			return pageOf(r.Interviews(ctx, InterviewFilter{From: listStart, Earliest: true}, Page{Limit: 20}))
		}},
	} {
		b.Run(list.name, func(b *testing.B) {
			took := func(r *Reader, n int) time.Duration {
				began := time.Now()
				if rows, err := list.read(r, n); err != nil || rows == 0 {
					b.Fatal(rows, err)
				}
				return time.Since(began)
			}
			took(small, 1000) // both connections warm
			took(large, *benchRows)
			var one, other time.Duration
			for b.Loop() {
				one += took(small, 1000)
				other += took(large, *benchRows)
			}
			b.ReportMetric(float64(other)/float64(one), "x-small")
			b.ReportMetric(float64(other.Microseconds())/float64(b.N), "µs/page")
		})
	}
}

func pageOf[T any](rows []T, _ string, err error) (int, error) { return len(rows), err }

package demo_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stazh/stazh/workflows/intake"
)

// The sample file of the README: two rows of thirty cannot go in, and their lines are those named.
func TestSampleResponses(t *testing.T) {
	file, err := os.ReadFile("responses.csv")
	if err != nil {
		t.Fatal(err)
	}
	table, err := intake.Read("responses.csv", file, intake.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var bad []int
	rows := 0
	for _, wrong := range intake.Rows(table, intake.GuessMapping(table.Headers, table.Records), intake.RowOptions{DefaultZone: time.UTC, DayFirst: true, Now: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}) {
		rows++
		if wrong != nil {
			bad = append(bad, wrong.Line)
		}
	}
	if rows != 30 || !slices.Equal(bad, []int{13, 19}) {
		t.Errorf("%d rows, refused are lines %v", rows, bad)
	}
}

package workflows

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

func recorded(t *testing.T, file string) *history.History {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var h history.History
	decoded := map[string]any{common.EnablePayloadShorthandMetadataKey: true}
	if err := (temporalproto.CustomJSONUnmarshalOptions{Metadata: decoded}).Unmarshal(raw, &h); err != nil {
		t.Fatal(err)
	}
	return &h
}

// The histories in testdata/replay were recorded from main by cmd/e2e (go test ./cmd/e2e -record). A
// change of workflow code that an old history no longer fits would leave running processes stuck: it
// needs a version (versions.go), not new recordings.
func histories(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/replay/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no recorded histories", err)
	}
	return files
}

func TestRecordedHistoriesReplay(t *testing.T) {
	replayer := worker.NewWorkflowReplayer()
	registerReplay(replayer)
	for _, file := range histories(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if err := replayer.ReplayWorkflowHistory(nil, recorded(t, file)); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// A build whose loop does not begin by loading the facts must be refused by every history.
func TestSwappedStepsFailToReplay(t *testing.T) {
	replayer := worker.NewWorkflowReplayer()
	for name := range processes {
		replayer.RegisterWorkflowWithOptions(func(ctx workflow.Context, id string) error {
			_, err := SendNudges.Run(ctx, []string{id})
			return err
		}, workflow.RegisterOptions{Name: name})
	}
	for _, file := range histories(t) {
		if err := replayer.ReplayWorkflowHistory(nil, recorded(t, file)); err == nil {
			t.Errorf("%s replays with its steps swapped", filepath.Base(file))
		}
	}
}

// Histories carry ids, codes, dates and numbers; the people in the recorded journeys have Cyrillic names
// and addresses at example.org, so neither may be in there.
func TestHistoriesHoldNoPersonalText(t *testing.T) {
	for _, file := range histories(t) {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"example.org", "Иванов", "Анна", "SQLSTATE"} {
			if strings.Contains(string(raw), word) {
				t.Errorf("%s holds %q", filepath.Base(file), word)
			}
		}
	}
}

func registerReplay(r worker.WorkflowReplayer) {
	for name, process := range processes {
		r.RegisterWorkflowWithOptions(process, workflow.RegisterOptions{Name: name})
	}
	r.RegisterWorkflowWithOptions(Reconcile, workflow.RegisterOptions{Name: "reconcile"})
}

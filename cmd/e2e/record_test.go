package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/stazh/stazh/workflows"
)

var record = flag.Bool("record", false, "write the histories of the journeys to workflows/testdata/replay (from main only)")

// decoded writes payloads as the JSON they hold, so that people and tests can read a recording.
var decoded = map[string]any{common.EnablePayloadShorthandMetadataKey: true}

// replayAll replays every history the journey made with the code that made it, looks for personal text in
// them, and with -record keeps them.
func replayAll(t *testing.T, c client.Client, journey string, personal ...string) {
	t.Helper()
	ctx := context.Background()
	list, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{PageSize: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Executions) == 0 {
		t.Fatal("no history to replay")
	}
	replayer := worker.NewWorkflowReplayer()
	workflows.Register(replayer)
	kept := map[string]int{}
	for _, e := range list.Executions {
		var h history.History
		for events := c.GetWorkflowHistory(ctx, e.Execution.WorkflowId, e.Execution.RunId, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
			event, err := events.Next()
			if err != nil {
				t.Fatal(err)
			}
			h.Events = append(h.Events, event)
		}
		if err := replayer.ReplayWorkflowHistory(nil, &h); err != nil {
			t.Errorf("%s does not replay: %v", e.Execution.WorkflowId, err)
		}
		raw, err := temporalproto.CustomJSONMarshalOptions{Indent: " ", Metadata: decoded}.Marshal(&h)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range personal {
			if strings.Contains(string(raw), word) {
				t.Errorf("%s holds personal text", e.Execution.WorkflowId)
			}
		}
		if name := e.Type.Name; *record {
			kept[name]++
			dir := filepath.Join("..", "..", "workflows", "testdata", "replay")
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%s-%d.json", journey, name, kept[name])), raw, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

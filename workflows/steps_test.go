package workflows

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"go.temporal.io/sdk/activity"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"github.com/stazh/stazh/workflows/fault"
)

// A worker says nothing of a refusal above debug; what is ours to mend stays an error. Neither line holds
// what people typed.
func TestRefusalsAreNoErrorsInTheLog(t *testing.T) {
	const personal = "Иванова"
	for _, c := range []struct {
		name, level string
		err         error
	}{
		{"refused", "DEBUG", fault.New(fault.Conflict, "lane_busy", "lane", "1")},
		{"wrong input", "DEBUG", fault.New(fault.Invalid, "key_reused")},
		{"not there", "DEBUG", fault.Missing("booking")},
		{"a part is down", "ERROR", fault.New(fault.Unavailable, "unavailable")},
		{"ours to mend", "ERROR", fault.New(fault.Internal, "internal")},
		{"a library's", "ERROR", errors.New("duplicate key " + personal)},
	} {
		var lines bytes.Buffer
		suite := testsuite.WorkflowTestSuite{}
		suite.SetLogger(sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		env := suite.NewTestActivityEnvironment()
		step := Step[string, string]("test.step")
		step.Register(registerer{env}, func(context.Context, string) (string, error) { return "", c.err })
		if _, err := env.ExecuteActivity(string(step), personal); err == nil {
			t.Fatal(c.name, "no error")
		} else if f := fault.As(fromTemporal(err)); c.level == "DEBUG" && (f == nil || f.Error() != fault.As(c.err).Error()) {
			t.Errorf("%s: %v arrives as %v", c.name, c.err, f)
		}
		said := ""
		for line := range strings.Lines(lines.String()) {
			if strings.Contains(line, "Activity error") {
				said += line
			}
		}
		if strings.Count(said, "\n") != 1 || !strings.Contains(said, "level="+c.level) {
			t.Errorf("%s: %q, want one line at %s", c.name, said, c.level)
		}
		if strings.Contains(lines.String(), personal) {
			t.Errorf("%s: personal text in the log: %s", c.name, lines.String())
		}
	}
}

// registerer is the part of a worker that registers activities.
type registerer struct {
	*testsuite.TestActivityEnvironment
}

func (r registerer) RegisterDynamicActivity(any, activity.DynamicRegisterOptions) { panic("no") }

package workflows

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// A step that leaves what was due as it was, or is refused, must neither be tried as fast as the machine can,
// which would starve every other process, nor end the run.
func TestAStepThatChangesNothingDoesNotRunHot(t *testing.T) {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	start := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	env.SetStartTime(start)
	facts := Out[hiring.ApplicationFacts]{Found: true, Facts: hiring.ApplicationFacts{ID: "a", Offers: []string{"offer"}}}
	tried := 0
	env.RegisterActivityWithOptions(func(context.Context, string) (Out[hiring.ApplicationFacts], error) {
		return facts, nil
	}, activity.RegisterOptions{Name: string(LoadApplication)})
	env.RegisterActivityWithOptions(func(context.Context, In[Advance]) (Out[hiring.ApplicationFacts], error) {
		switch tried++; tried {
		case 3:
			return facts, toTemporal(fault.New(fault.Conflict, "nobody_to_invite"))
		case 5:
			facts.Facts.Offers = nil
		}
		return facts, nil
	}, activity.RegisterOptions{Name: string(AdvanceApplication)})
	env.ExecuteWorkflow(Application, "a")
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if passed := env.Now().Sub(start); tried != 5 || passed < 4*time.Minute {
		t.Fatalf("%d tries in %s", tried, passed)
	}
}

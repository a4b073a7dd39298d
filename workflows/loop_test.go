package workflows

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"github.com/stazh/stazh/workflows/hiring"
)

// A step that leaves what was due as it was must not be tried as fast as the machine can: that would
// starve every other process.
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
		if tried++; tried == 5 {
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

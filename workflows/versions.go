package workflows

// Changes to workflow code that running histories must survive are named here, one constant each, with
// the day and the reason, and asked by workflow.GetVersion where the code differs. A constant may go
// when no run older than it can exist: none is open and Temporal's retention has passed. There is none
// yet.

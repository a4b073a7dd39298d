// Package workflows is the core: the processes of hiring, as Temporal workflows, and their vocabulary:
// steps (activities by typed name), commands (Updates by typed name), ids. Everything else points inward
// to it. It holds no rule: what comes next is decided by pure packages below it (hiring, staff, link,
// intake, ...), which import nothing of Temporal.
//
//	handler -> Update -> step -> one transaction -> answer        (client.go, commands.go, steps.go)
//	timer or nudge -> Next(now) -> step -> one transaction        (loop.go)
//
// # A process
//
// Application, Interview, Intake (one file each) register their commands and run the same loop: load the
// facts; ask the facts' pure Next(now); take the step that is due, or wait until its time, a command or
// a nudge; end when nothing is awaited. First start, a late command to a finished process, resume after
// a disaster and continue-as-new are this one path. So a process's history can be lost: Reconcile starts
// what the facts say should run.
//
// # A command
//
// An Update-with-Start under a command id. The step journals its key, so sent twice it is done once and
// answered the same; Temporal's own dedup ends with a run and is not relied upon. When the answer
// arrives the row is committed. A sender who waits ten seconds in vain is told "pending": the step never
// gives up, and the same key finds the answer later.
//
// # A nudge
//
// Processes tell each other to look again by a signal without data. Lost, doubled or late it does no
// harm: the receiver reads the facts.
//
// # Time
//
// now is business time: workflow.Now through the clock segment that came with the facts. A timer is only
// a wake-up; Next decides, early wakes are normal.
//
// # Histories
//
// carry ids, codes, times and numbers, never personal text: faults and steps are made so, and a canary
// test reads every recording. Recorded histories must replay (testdata/replay); what changes them needs
// a version (versions.go).
package workflows

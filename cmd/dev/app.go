package main

import "context"

// environment is what the machine offers to the application once everything under it runs.
type environment struct {
	dir         string // the folder of -dir, for demo.json
	addr        string // host:port to listen on
	databaseURL string // the application's own database, there but possibly empty; holds a password
	temporal    string // host:port of Temporal's frontend; the namespace is localtemporal.Namespace
	smtp        string // host:port of the mail sink: no TLS, no sign-in
	mailbox     string // the mailbox page's URL, to be shown to people
	speed       int    // business time runs so many times faster; 1 is real time
	out         *progress
}

// startApp starts the application on the environment: migrations, worker, HTTP, demo company. It returns when the
// pages answer; stop ends it within its context. What it tells people goes to env.out.
func startApp(_ context.Context, _ environment) (stop func(context.Context) error, err error) {
	return func(context.Context) error { return nil }, nil
}

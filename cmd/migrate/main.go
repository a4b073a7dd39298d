// Command migrate brings the database behind DATABASE_URL up to this binary's schema, takes the last
// group of migrations back, or lists them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/migrations"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: migrate up|down|status (the database is DATABASE_URL)")
	}
	db, err := store.Open(os.Getenv("DATABASE_URL"), 4)
	if err != nil {
		return err
	}
	defer db.Close()
	switch args[0] {
	case "up", "down":
		do := migrations.Up
		if args[0] == "down" {
			do = migrations.Down
		}
		names, err := do(ctx, db)
		for _, name := range names {
			fmt.Println(args[0], name)
		}
		if err == nil && len(names) == 0 {
			fmt.Println("nothing to do")
		}
		return err
	case "status":
		states, err := migrations.Status(ctx, db)
		for _, s := range states {
			mark := "  "
			if s.Applied {
				mark = "ok"
			}
			fmt.Println(mark, s.Name)
		}
		return err
	}
	return fmt.Errorf("unknown command %q: up, down or status", args[0])
}

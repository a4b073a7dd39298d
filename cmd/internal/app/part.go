package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/caarlos0/env/v11"
	"go.temporal.io/sdk/client"
)

// PartFromEnvironment is FromEnvironment for a program that uses a part of an installation: of the
// variables that a server must have, only those needed must be set. dev admits what cmd/dev has set.
func PartFromEnvironment(dev bool, needed ...string) (Config, error) {
	c := Config{Dev: dev}
	var all env.AggregateError
	var faults []error
	if err := env.Parse(&c); errors.As(err, &all) {
		for _, one := range all.Errors {
			if name := missing(one); name == "" || slices.Contains(needed, name) {
				faults = append(faults, one)
			}
		}
	} else if err != nil {
		faults = append(faults, err)
	}
	return c, errors.Join(append(faults, c.Check())...)
}

// missing is the variable that an error says is not set or empty, or "".
func missing(err error) string {
	var unset env.VarIsNotSetError
	var empty env.EmptyVarError
	switch {
	case errors.As(err, &unset):
		return unset.Key
	case errors.As(err, &empty):
		return empty.Key
	}
	return ""
}

// Dial connects to Temporal alone, for what needs no database.
func Dial(ctx context.Context, c Config) (client.Client, error) {
	options, err := c.temporalOptions(Logger(c.LogLevel))
	if err != nil {
		return nil, err
	}
	connected, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("no answer from Temporal at %s (TEMPORAL_ADDRESS)", c.TemporalAddress) // the library's text is long
	}
	return connected, nil
}

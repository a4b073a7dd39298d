package mailsink

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
)

// ErrNoMessage says that there is no mail of that number.
var ErrNoMessage = errors.New("no such message")

// Filter selects mails; an empty field does not restrict.
type Filter struct {
	To        string // one of the envelope recipients, whole, in any case
	Search    string // part of a recipient or of the subject, in any case
	Subject   string // part of the subject, in any case
	MessageID string // whole, without angle brackets
	Before    int64  // only smaller ids: the next page
	Limit     int    // at most so many; 0 is all
}

// Store keeps what the sink accepted.
type Store interface {
	// Add keeps the mail and returns its id. An error makes the sink refuse the mail for now (451).
	Add(ctx context.Context, m Message) (int64, error)
	// List returns the matching mails, newest first.
	List(ctx context.Context, f Filter) ([]Message, error)
	// Get returns one mail or ErrNoMessage.
	Get(ctx context.Context, id int64) (Message, error)
	// Counts returns how often each Message-ID was accepted; mails without one are under "".
	Counts(ctx context.Context) (map[string]int, error)
}

// Matches says whether a mail is selected; Limit does not count here.
func (f Filter) Matches(m Message) bool {
	part := func(whole, part string) bool {
		return strings.Contains(strings.ToLower(whole), strings.ToLower(part))
	}
	return (f.To == "" || slices.Contains(m.To, address(f.To))) &&
		(f.Subject == "" || part(m.Subject, f.Subject)) &&
		(f.MessageID == "" || m.MessageID == f.MessageID) &&
		(f.Before == 0 || m.ID < f.Before) &&
		(f.Search == "" || part(m.Subject, f.Search) ||
			slices.ContainsFunc(m.To, func(to string) bool { return part(to, f.Search) }))
}

// Memory is a Store that ends with the process. The zero value is empty and ready.
type Memory struct {
	mu       sync.Mutex
	messages []Message
}

// Add implements Store.
func (s *Memory) Add(_ context.Context, m Message) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m.ID = int64(len(s.messages)) + 1
	s.messages = append(s.messages, m)
	return m.ID, nil
}

// List implements Store.
func (s *Memory) List(_ context.Context, f Filter) ([]Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Message{}
	for _, m := range slices.Backward(s.messages) {
		if f.Limit > 0 && len(out) == f.Limit {
			break
		}
		if f.Matches(m) {
			out = append(out, m)
		}
	}
	return out, nil
}

// Get implements Store.
func (s *Memory) Get(_ context.Context, id int64) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id < 1 || id > int64(len(s.messages)) {
		return Message{}, ErrNoMessage
	}
	return s.messages[id-1], nil
}

// Counts implements Store.
func (s *Memory) Counts(context.Context) (map[string]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]int{}
	for _, m := range s.messages {
		out[m.MessageID]++
	}
	return out, nil
}

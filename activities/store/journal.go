package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
)

// jsonOver scans a jsonb value over what the target already holds, so absent fields keep their defaults.
type jsonOver struct{ into any }

// Scan implements sql.Scanner.
func (j *jsonOver) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		return nil
	case []byte:
		return json.Unmarshal(v, j.into)
	case string:
		return json.Unmarshal([]byte(v), j.into)
	}
	return fmt.Errorf("cannot read json from %T", src)
}

// Entry says what is about to be done once.
type Entry struct {
	Subject string // application/<uuid>
	Actor   string
	Key     string
	Step    string
	Args    any
	At      time.Time // business time
}

// JournalRow is one thing that was done.
type JournalRow struct {
	bun.BaseModel `bun:"table:journal"`
	Seq           int64           `bun:",pk,autoincrement"`
	Subject       string          `bun:"subject"`
	Actor         string          `bun:"actor"`
	Key           string          `bun:"key"`
	Step          string          `bun:"step"`
	ArgsHash      []byte          `bun:"args_hash"`
	Result        json.RawMessage `bun:"result,type:jsonb"`
	At            time.Time       `bun:"at"`
	Previous      []byte          `bun:"previous"`
	Hash          []byte          `bun:"hash"`
}

// Once does fn once for (Actor, Key): the first call runs it, journals what it put into result and
// returns false; a repeat fills result from the journal and returns true. The same key with other
// arguments, step or subject is fault invalid key_reused. The caller holds the subject's lock, so the
// chain of its rows has one end. A refusal (fn's error) is not journalled.
func (r *Record) Once(ctx context.Context, e Entry, result any, fn func() error) (bool, error) {
	return once(ctx, r.tx, e, result, fn)
}

func once(ctx context.Context, tx bun.Tx, e Entry, result any, fn func() error) (bool, error) {
	argsHash, err := e.hash()
	if err != nil {
		return false, err
	}
	var done JournalRow
	err = tx.NewSelect().Model(&done).Where("actor = ? AND key = ?", e.Actor, e.Key).Scan(ctx)
	switch {
	case err == nil && !bytes.Equal(done.ArgsHash, argsHash):
		return false, fault.New(fault.Invalid, "key_reused")
	case err == nil:
		return true, json.Unmarshal(done.Result, result)
	case !errors.Is(err, sql.ErrNoRows):
		return false, err
	}
	if err := fn(); err != nil {
		return false, err
	}
	row := JournalRow{Subject: e.Subject, Actor: e.Actor, Key: e.Key, Step: e.Step, ArgsHash: argsHash, At: e.At.UTC().Truncate(time.Microsecond)}
	if row.Result, err = json.Marshal(result); err != nil {
		return false, err
	}
	var previous []byte
	err = tx.NewSelect().Model((*JournalRow)(nil)).Column("hash").Where("subject = ?", e.Subject).OrderExpr("seq DESC").Limit(1).Scan(ctx, &previous)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	row.Previous = append([]byte{}, previous...)
	row.Hash = row.chain()
	_, err = tx.NewInsert().Model(&row).ExcludeColumn("seq").Exec(ctx)
	return false, err
}

func (e Entry) hash() ([]byte, error) {
	raw, err := json.Marshal([]any{e.Subject, e.Step, e.Args})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	return sum[:], nil
}

// chain is the hash over the row and the hash of the subject's previous row.
func (j JournalRow) chain() []byte {
	h := sha256.New()
	for _, part := range [][]byte{
		j.Previous, []byte(j.Subject), []byte(j.Actor), []byte(j.Key), []byte(j.Step), j.ArgsHash, canonical(j.Result),
		[]byte(j.At.UTC().Format(time.RFC3339Nano)),
	} {
		fmt.Fprintf(h, "%d:", len(part))
		h.Write(part)
	}
	return h.Sum(nil)
}

// canonical writes JSON with sorted keys and no spaces: jsonb does not keep the text it was given.
func canonical(raw []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return raw
	}
	out, _ := json.Marshal(v)
	return out
}

// Broken is a journal row whose hash does not follow from its content and its predecessor.
type Broken struct {
	Seq     int64
	Subject string
}

// VerifyJournal walks every subject's chain and returns how many rows it read and which are broken.
func (r *Reader) VerifyJournal(ctx context.Context) (rows int, broken []Broken, err error) {
	last := map[string][]byte{}
	for after := int64(0); ; {
		var page []JournalRow
		if err := r.db.NewSelect().Model(&page).Where("seq > ?", after).OrderExpr("seq").Limit(5000).Scan(ctx); err != nil {
			return rows, broken, err
		}
		if len(page) == 0 {
			return rows, broken, nil
		}
		for _, j := range page {
			rows++
			if !bytes.Equal(j.Previous, last[j.Subject]) || !bytes.Equal(j.Hash, j.chain()) {
				broken = append(broken, Broken{j.Seq, j.Subject})
			}
			last[j.Subject] = j.Hash
			after = j.Seq
		}
	}
}

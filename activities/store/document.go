package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
)

// MaxDocument is the largest document kept, in bytes.
const MaxDocument = 10 << 20

// Document is personal or long content. It is inert until a step links it.
type Document struct {
	bun.BaseModel `bun:"table:document"`
	ID            uuid.UUID  `bun:"id,pk"`
	Key           string     `bun:"key"`
	Kind          string     `bun:"kind"`
	Name          string     `bun:"name"`
	MediaType     string     `bun:"media_type"`
	Body          []byte     `bun:"body"`
	CreatedAt     time.Time  `bun:"created_at"`
	LinkedAt      *time.Time `bun:"linked_at"`
}

// PutDocument stores a document under its key and returns its id; the same key returns the one that is
// there. Fault invalid too_large over MaxDocument, bad_text for a name the database cannot hold.
func (c *Catalog) PutDocument(ctx context.Context, d Document) (uuid.UUID, error) {
	if len(d.Body) > MaxDocument {
		return uuid.Nil, fault.New(fault.Invalid, "too_large")
	}
	if err := CheckText(d.Name, d.Key); err != nil {
		return uuid.Nil, err
	}
	d.ID = uuid.New()
	if d.Body == nil {
		d.Body = []byte{}
	}
	if _, err := c.db.NewInsert().Model(&d).ExcludeColumn("linked_at").On("CONFLICT (key) DO NOTHING").Exec(ctx); err != nil {
		return uuid.Nil, err
	}
	// A statement of its own: the insert waits for another of the same key (a double click), whose row the
	// same statement's snapshot would not show.
	err := c.db.NewSelect().Model((*Document)(nil)).Column("id").Where("key = ?", d.Key).Scan(ctx, &d.ID)
	return d.ID, missing(err, "document")
}

// Document returns one document with its body. Fault not_found.
func (r *Reader) Document(ctx context.Context, id uuid.UUID) (Document, error) {
	var d Document
	err := r.db.NewSelect().Model(&d).Where("id = ?", id).Scan(ctx)
	return d, missing(err, "document")
}

// LinkDocument marks a document as belonging to a fact; fault not_found if there is none of this kind.
func (r *Record) LinkDocument(ctx context.Context, id uuid.UUID, kind string, at time.Time) error {
	res, err := r.tx.NewUpdate().Model((*Document)(nil)).Set("linked_at = ?", at).Where("id = ? AND kind = ?", id, kind).Exec(ctx)
	if err != nil {
		return err
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return fault.Missing("document")
	}
	return nil
}

// SweepDocuments deletes documents that nothing has linked since before.
func (c *Catalog) SweepDocuments(ctx context.Context, before time.Time) (int, error) {
	res, err := c.db.NewDelete().Model((*Document)(nil)).Where("linked_at IS NULL AND created_at < ?", before).Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, _ := res.RowsAffected()
	return int(n), nil
}

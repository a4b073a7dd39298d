package store

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Person is a human being who applied, possibly several times.
type Person struct {
	bun.BaseModel `bun:"table:person"`
	ID            uuid.UUID  `bun:"id,pk"`
	Name          string     `bun:"name"`
	FirstName     string     `bun:"first_name"`
	Email         string     `bun:"email"`
	Phone         string     `bun:"phone"`
	City          string     `bun:"city"`
	BirthYear     *int       `bun:"birth_year"`
	Language      string     `bun:"language"`
	NameKey       string     `bun:"name_key"` // intake.NameKey of Name
	MergedInto    *uuid.UUID `bun:"merged_into"`
	EraseAt       *time.Time `bun:"erase_at"` // asked for; undone by then or erased
	ErasedAt      *time.Time `bun:"erased_at"`
	CreatedAt     time.Time  `bun:"created_at"`
	Version       int        `bun:"version"`
}

// Batch is a file of responses, or a bulk rejection.
type Batch struct {
	bun.BaseModel `bun:"table:batch"`
	ID            uuid.UUID     `bun:"id,pk"`
	Kind          string        `bun:"kind"`       // import, reject
	VacancyID     *uuid.UUID    `bun:"vacancy_id"` // nil for a bulk rejection
	SourceID      *uuid.UUID    `bun:"source_id"`
	DocumentID    *uuid.UUID    `bun:"document_id"`
	Settings      BatchSettings `bun:"settings,type:jsonb"`
	State         string        `bun:"state"` // preview, running, done, reverting, reverted
	Total         int           `bun:"total"`
	Position      int           `bun:"position"`
	Added         int           `bun:"added"`
	Joined        int           `bun:"joined"`
	Repeated      int           `bun:"repeated"`
	Refused       int           `bun:"refused"`
	Reverted      int           `bun:"reverted"`
	Kept          int           `bun:"kept"`
	CreatedBy     string        `bun:"created_by"`
	CreatedAt     time.Time     `bun:"created_at"`
	FinishedAt    *time.Time    `bun:"finished_at"`
	Version       int           `bun:"version"`
}

// BatchRow is what became of one row.
type BatchRow struct {
	bun.BaseModel `bun:"table:batch_row"`
	BatchID       uuid.UUID  `bun:"batch_id,pk"`
	Line          int        `bun:"line,pk"`
	Outcome       string     `bun:"outcome"` // added, joined, repeated, refused, rejected, skipped
	Code          string     `bun:"code"`
	Field         string     `bun:"field"`
	ApplicationID *uuid.UUID `bun:"application_id"`
}

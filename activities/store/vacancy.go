package store

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Requirement is one line of what a profile asks.
type Requirement struct {
	Kind string `json:"kind"` // education, experience, skill, language, quality
	Text string `json:"text"`
	Must bool   `json:"must"` // else: should
}

// Profile describes a position.
type Profile struct {
	bun.BaseModel `bun:"table:profile"`
	ID            uuid.UUID     `bun:"id,pk"`
	Title         string        `bun:"title"`
	Duties        string        `bun:"duties"`
	Rights        string        `bun:"rights"`
	Liability     string        `bun:"liability"`
	Requirements  []Requirement `bun:"requirements,type:jsonb"`
	ArchivedAt    *time.Time    `bun:"archived_at"`
	CreatedAt     time.Time     `bun:"created_at"`
	Version       int           `bun:"version"`
}

// Source is where responses come from.
type Source struct {
	bun.BaseModel `bun:"table:source"`
	ID            uuid.UUID  `bun:"id,pk"`
	Name          string     `bun:"name"`
	Kind          string     `bun:"kind"`
	ArchivedAt    *time.Time `bun:"archived_at"`
	CreatedAt     time.Time  `bun:"created_at"`
	Version       int        `bun:"version"`
}

// Vacancy is a profile sought in a city.
type Vacancy struct {
	bun.BaseModel `bun:"table:vacancy"`
	ID            uuid.UUID  `bun:"id,pk"`
	ProfileID     uuid.UUID  `bun:"profile_id"`
	Title         string     `bun:"title"`
	City          string     `bun:"city"`
	Zone          string     `bun:"zone"`
	Language      string     `bun:"language"`
	Headcount     int        `bun:"headcount"`
	PayLevel      int        `bun:"pay_level"`
	State         string     `bun:"state"` // draft, open, closed
	Public        bool       `bun:"public"`
	CreatedBy     *uuid.UUID `bun:"created_by"`
	CreatedAt     time.Time  `bun:"created_at"`
	ClosedAt      *time.Time `bun:"closed_at"`
	Version       int        `bun:"version"`
}

// VacancySource is what a source costs for a vacancy, in minor units of the currency.
type VacancySource struct {
	bun.BaseModel `bun:"table:vacancy_source"`
	VacancyID     uuid.UUID `bun:"vacancy_id,pk"`
	SourceID      uuid.UUID `bun:"source_id,pk"`
	CostMinor     int64     `bun:"cost_minor"`
	Currency      string    `bun:"currency"`
}

// Venue is a place where people meet.
type Venue struct {
	bun.BaseModel `bun:"table:venue"`
	ID            uuid.UUID  `bun:"id,pk"`
	Name          string     `bun:"name"`
	City          string     `bun:"city"`
	Zone          string     `bun:"zone"`
	Address       string     `bun:"address"`
	MapURL        string     `bun:"map_url"`
	Directions    string     `bun:"directions"`
	Phone         string     `bun:"phone"`
	Room          int        `bun:"room"`
	PhotoID       *uuid.UUID `bun:"photo_id"`
	ArchivedAt    *time.Time `bun:"archived_at"`
	CreatedAt     time.Time  `bun:"created_at"`
	Version       int        `bun:"version"`
}

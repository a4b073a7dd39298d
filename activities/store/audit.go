package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
)

// JournalQuery asks for a page of the journal, the newest first. Empty fields do not filter.
type JournalQuery struct {
	Actor   string // staff/<uuid> with his tokens' doings; system; candidate for all candidates
	Subject string // exact: application/<uuid>
	Kind    string // of the subject: application, interview, staff
	Step    string // exact: application.decide
	Cursor  string
	Limit   int // 1 to 200; 0 is 50
}

// JournalList returns a page and the cursor of the next, "" at the end. Fault invalid bad_cursor.
func (r *Reader) JournalList(ctx context.Context, q JournalQuery) (list []JournalRow, next string, err error) {
	if err := CheckText(q.Actor, q.Subject, q.Kind, q.Step); err != nil {
		return nil, "", err
	}
	limit := pageSize(q.Limit)
	sel := r.db.NewSelect().Model(&list).OrderExpr("seq DESC").Limit(int64(limit) + 1)
	after, err := readCursor(q.Cursor, 1)
	if err != nil {
		return nil, "", err
	}
	if after != nil {
		seq, err := strconv.ParseInt(after[0], 10, 64)
		if err != nil {
			return nil, "", fault.New(fault.Invalid, "bad_cursor")
		}
		sel = sel.Where("seq < ?", seq)
	}
	id, isStaff := strings.CutPrefix(q.Actor, "staff/")
	switch staffID, err := uuid.Parse(id); {
	case isStaff && err == nil:
		sel = sel.Where("actor = ? OR actor IN (SELECT 'token/' || id FROM api_token WHERE staff_id = ?)", q.Actor, staffID)
	case q.Actor == "candidate": // no index: they act so often that a page is soon full
		sel = sel.Where("starts_with(actor, 'candidate/')")
	case q.Actor != "":
		sel = sel.Where("actor = ?", q.Actor)
	}
	if q.Subject != "" {
		sel = sel.Where("subject = ?", q.Subject)
	}
	if q.Kind != "" {
		sel = sel.Where("split_part(subject, '/', 1) = ?", q.Kind)
	}
	if q.Step != "" {
		sel = sel.Where("step = ?", q.Step)
	}
	if err := sel.Scan(ctx); err != nil {
		return nil, "", err
	}
	if len(list) > limit {
		list = list[:limit]
		next = cursor(strconv.FormatInt(list[limit-1].Seq, 10))
	}
	return list, next, nil
}

// Labels are the names of journal subjects and actors, by their text ("staff/<uuid>"): a person's or an
// applicant's name, a vacancy's title. What has no name, or is gone, is absent. A token is named by its
// owner. Interviews have a time instead, in Times.
type Labels struct {
	Names map[string]string
	Times map[string]time.Time
}

// labelQueries name the kinds of subjects; the argument of each is the ids.
var labelQueries = map[string]string{
	"staff":       "SELECT id, name AS label FROM staff WHERE id IN (?)",
	"token":       "SELECT t.id, s.name AS label FROM api_token t JOIN staff s ON s.id = t.staff_id WHERE t.id IN (?)",
	"application": "SELECT a.id, p.name AS label FROM application a JOIN person p ON p.id = a.person_id WHERE a.id IN (?)",
	"candidate":   "SELECT a.id, p.name AS label FROM application a JOIN person p ON p.id = a.person_id WHERE a.id IN (?)",
	"person":      "SELECT id, name AS label FROM person WHERE id IN (?)",
	"vacancy":     "SELECT id, title AS label FROM vacancy WHERE id IN (?)",
	"intake":      "SELECT b.id, v.title AS label FROM batch b JOIN vacancy v ON v.id = b.vacancy_id WHERE b.id IN (?)",
	"profile":     "SELECT id, title AS label FROM profile WHERE id IN (?)",
	"venue":       "SELECT id, name AS label FROM venue WHERE id IN (?)",
	"source":      "SELECT id, name AS label FROM source WHERE id IN (?)",
}

// Labels names these subjects and actors, one query for each kind among them.
func (r *Reader) Labels(ctx context.Context, subjects []string) (Labels, error) {
	out := Labels{Names: map[string]string{}, Times: map[string]time.Time{}}
	kinds := map[string][]uuid.UUID{}
	for _, s := range subjects {
		kind, text, _ := strings.Cut(s, "/")
		if id, err := uuid.Parse(text); err == nil {
			kinds[kind] = append(kinds[kind], id)
		}
	}
	for kind, ids := range kinds {
		if query, known := labelQueries[kind]; known {
			var rows []struct {
				ID    uuid.UUID
				Label string
			}
			if err := r.db.NewRaw(query, bun.List(ids)).Scan(ctx, &rows); err != nil {
				return out, err
			}
			for _, row := range rows {
				out.Names[kind+"/"+row.ID.String()] = row.Label
			}
		}
	}
	if ids := kinds["interview"]; len(ids) > 0 {
		var rows []struct {
			ID       uuid.UUID
			StartsAt time.Time
		}
		if err := r.db.NewRaw("SELECT id, starts_at FROM interview WHERE id IN (?)", bun.List(ids)).Scan(ctx, &rows); err != nil {
			return out, err
		}
		for _, row := range rows {
			out.Times["interview/"+row.ID.String()] = row.StartsAt
		}
	}
	return out, nil
}

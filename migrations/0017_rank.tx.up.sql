-- The shortlist in HR's order, page by page. 1073741824 is store.unranked: whoever has no rank stands last.
CREATE INDEX application_rank ON application (vacancy_id, state, (coalesce(rank, 1073741824)), responded_at, id);
CREATE INDEX application_rank_any ON application ((coalesce(rank, 1073741824)), responded_at, id) WHERE state = 'shortlisted';

-- Intake: finding people by name, lists by state and source, and reverting without scans.

-- intake.NameKey of the name, written by the program: equal for one name in either order; '' when it says too little.
ALTER TABLE person ADD COLUMN name_key text NOT NULL DEFAULT '';
CREATE INDEX person_name_key ON person (name_key) WHERE name_key <> '';

-- One name stands for one thing among those in use.
CREATE UNIQUE INDEX profile_title ON profile (lower(title)) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX venue_name ON venue (lower(name), lower(city)) WHERE archived_at IS NULL;

CREATE INDEX application_source ON application (vacancy_id, source_id, responded_at DESC, id DESC);
CREATE INDEX application_any_state ON application (state, responded_at DESC, id DESC);
CREATE INDEX batch_page ON batch (created_at DESC, id DESC);
CREATE INDEX batch_awaited ON batch (state) WHERE state IN ('running', 'reverting');

-- A bulk rejection may span vacancies.
ALTER TABLE batch ALTER COLUMN vacancy_id DROP NOT NULL;
ALTER TABLE batch ADD CONSTRAINT batch_vacancy_known CHECK (kind = 'reject' OR vacancy_id IS NOT NULL);

-- Columns that foreign keys look for when a reverted application, its person or its document is deleted.
CREATE INDEX batch_row_application ON batch_row (application_id) WHERE application_id IS NOT NULL;
CREATE INDEX application_comment ON application (comment_id) WHERE comment_id IS NOT NULL;
CREATE INDEX scorecard_note ON scorecard (note_id) WHERE note_id IS NOT NULL;
CREATE INDEX decision_note ON decision (note_id) WHERE note_id IS NOT NULL;
CREATE INDEX decision_application ON decision (application_id);
CREATE INDEX booking_person ON booking (person_id);
CREATE INDEX person_merged ON person (merged_into) WHERE merged_into IS NOT NULL;

-- Bulk shortlisting is a batch as bulk rejecting is.
ALTER TABLE batch DROP CONSTRAINT batch_kind_check;
ALTER TABLE batch ADD CONSTRAINT batch_kind_check CHECK (kind IN ('import', 'reject', 'shortlist'));
ALTER TABLE batch DROP CONSTRAINT batch_vacancy_known;
ALTER TABLE batch ADD CONSTRAINT batch_vacancy_known CHECK (kind <> 'import' OR vacancy_id IS NOT NULL);
ALTER TABLE batch_row DROP CONSTRAINT batch_row_outcome_check;
ALTER TABLE batch_row ADD CONSTRAINT batch_row_outcome_check
    CHECK (outcome IN ('added', 'joined', 'repeated', 'refused', 'rejected', 'shortlisted', 'skipped'));

-- Who was merged into whom, one row while it stands. These are the truth; person.merged_into is derived: the one at
-- the end of the chain, so that reading needs one step however long the chain is, and any link can be taken out.
CREATE TABLE person_merge (
    person_id uuid PRIMARY KEY REFERENCES person ON DELETE CASCADE,
    into_id   uuid NOT NULL REFERENCES person,
    merged_by text NOT NULL,
    merged_at timestamptz NOT NULL,
    CHECK (person_id <> into_id)
);
CREATE INDEX person_merge_into ON person_merge (into_id);

-- The addresses of merged records, which person_email leaves out: a response to one of them comes to the surviving person.
CREATE INDEX person_merged_email ON person (email) WHERE email <> '' AND merged_into IS NOT NULL;

-- Two people of whom somebody has said that they are not one. The smaller id comes first.
CREATE TABLE person_distinct (
    one_id     uuid NOT NULL REFERENCES person ON DELETE CASCADE,
    other_id   uuid NOT NULL REFERENCES person ON DELETE CASCADE,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (one_id, other_id),
    CHECK (one_id < other_id)
);
CREATE INDEX person_distinct_other ON person_distinct (other_id);

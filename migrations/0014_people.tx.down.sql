DROP INDEX person_merged_email;
DROP TABLE person_distinct;
DROP TABLE person_merge;
UPDATE person SET merged_into = NULL WHERE merged_into IS NOT NULL;
DELETE FROM batch WHERE kind = 'shortlist';
ALTER TABLE batch_row DROP CONSTRAINT batch_row_outcome_check;
ALTER TABLE batch_row ADD CONSTRAINT batch_row_outcome_check
    CHECK (outcome IN ('added', 'joined', 'repeated', 'refused', 'rejected', 'skipped'));
ALTER TABLE batch DROP CONSTRAINT batch_vacancy_known;
ALTER TABLE batch ADD CONSTRAINT batch_vacancy_known CHECK (kind = 'reject' OR vacancy_id IS NOT NULL);
ALTER TABLE batch DROP CONSTRAINT batch_kind_check;
ALTER TABLE batch ADD CONSTRAINT batch_kind_check CHECK (kind IN ('import', 'reject'));

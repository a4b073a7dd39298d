DROP INDEX person_merged, booking_person, decision_application, decision_note, scorecard_note, application_comment, batch_row_application;
ALTER TABLE batch DROP CONSTRAINT batch_vacancy_known;
DELETE FROM batch WHERE vacancy_id IS NULL;
ALTER TABLE batch ALTER COLUMN vacancy_id SET NOT NULL;
DROP INDEX batch_awaited, batch_page, application_any_state, application_source, venue_name, profile_title, person_name_key;
ALTER TABLE person DROP COLUMN name_key;

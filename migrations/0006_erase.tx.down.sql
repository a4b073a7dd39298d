DROP SEQUENCE person_erased_number;
ALTER TABLE person DROP COLUMN erase_at;

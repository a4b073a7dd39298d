-- Erasing: when it is due, and numbers for the stubs that keep counts right.
ALTER TABLE person ADD COLUMN erase_at timestamptz; -- business time
CREATE SEQUENCE person_erased_number;

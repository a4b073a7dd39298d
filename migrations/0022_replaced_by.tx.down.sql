ALTER TABLE booking DROP COLUMN replaced_by;

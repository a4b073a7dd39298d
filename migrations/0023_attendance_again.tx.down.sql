ALTER TABLE attendance_import DROP COLUMN sha256, DROP COLUMN finished_by;

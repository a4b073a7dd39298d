-- The same file of past attendance taken in twice would count twice: its SHA-256 tells it apart, and who took it in is
-- said. NULL: taken in before this migration, when the file itself is gone; its rows still tell.
ALTER TABLE attendance_import ADD COLUMN sha256 bytea,
    ADD COLUMN finished_by text NOT NULL DEFAULT ''; -- who took it in, or back
UPDATE attendance_import i SET finished_by = coalesce((SELECT j.actor FROM journal j
    WHERE j.subject = 'attendance/' || i.id AND j.step IN ('attendance.import', 'attendance.revert') ORDER BY j.seq DESC LIMIT 1), '');

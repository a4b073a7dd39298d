ALTER TABLE session_report DROP COLUMN judged_on;

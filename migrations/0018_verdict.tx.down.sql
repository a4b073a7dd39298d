ALTER TABLE session_report DROP COLUMN verdict;

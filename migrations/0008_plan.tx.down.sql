DROP TABLE plan;
ALTER TABLE interview DROP COLUMN filling, DROP COLUMN settings, DROP COLUMN planned_at;

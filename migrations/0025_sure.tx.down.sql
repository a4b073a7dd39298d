ALTER TABLE booking DROP COLUMN sure_at;

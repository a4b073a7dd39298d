ALTER TABLE company DROP COLUMN version;

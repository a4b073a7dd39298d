-- Two administrators who change the company's settings at once: the second is told.
ALTER TABLE company ADD COLUMN version int NOT NULL DEFAULT 1;

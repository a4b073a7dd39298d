-- When the person said, asked again shortly before, that he is coming.
ALTER TABLE booking ADD COLUMN sure_at timestamptz;

-- Whose numbers the seats of a session are: HR's own bind the waves, the planner's are a first guess.
ALTER TABLE interview ADD COLUMN own_seats boolean NOT NULL DEFAULT false;

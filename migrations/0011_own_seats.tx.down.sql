ALTER TABLE interview DROP COLUMN own_seats;

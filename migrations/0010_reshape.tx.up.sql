-- An arrival time that nobody holds may be taken off its session; bookings that ended there stay, with the time they
-- were promised in starts_at. That a live booking has its slot is held by slot.taken: it is counted on the row itself.
ALTER TABLE booking DROP CONSTRAINT booking_interview_id_slot_fkey;

ALTER TABLE booking ADD CONSTRAINT booking_interview_id_slot_fkey FOREIGN KEY (interview_id, slot) REFERENCES slot (interview_id, number) NOT VALID;

-- The booking that the person chose or took instead of this one, which ended by it: "withdrawn by us" alone would say
-- that we took it away. Invitations withdrawn before this migration stay as they are.
ALTER TABLE booking ADD COLUMN replaced_by uuid REFERENCES booking (id);

-- Why a plan of a session that is being filled invites nobody: HR asks it, and what was true then (who stood on the
-- shortlist, how many had been invited) is not to be found out later. Empty for a plan that invites.
ALTER TABLE plan ADD COLUMN quiet text NOT NULL DEFAULT '' CHECK (quiet IN ('', 'shortlist', 'most', 'seats', 'late', 'limit', 'enough'));

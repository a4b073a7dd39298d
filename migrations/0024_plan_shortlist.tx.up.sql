-- A plan may be made because the shortlist changed.
ALTER TABLE plan DROP CONSTRAINT plan_cause_check;
ALTER TABLE plan ADD CONSTRAINT plan_cause_check CHECK (cause IN ('fill', 'reply', 'shortlist', 'clock', 'taken', 'manual'));

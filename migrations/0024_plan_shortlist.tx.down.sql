UPDATE plan SET cause = 'clock' WHERE cause = 'shortlist';
ALTER TABLE plan DROP CONSTRAINT plan_cause_check;
ALTER TABLE plan ADD CONSTRAINT plan_cause_check CHECK (cause IN ('fill', 'reply', 'clock', 'taken', 'manual'));

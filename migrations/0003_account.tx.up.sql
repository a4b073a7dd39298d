-- The audit page reads the journal newest first by actor, by step and by kind of subject; without these
-- a filter that matches little reads every row. Three index entries more for each step:
-- little beside the twenty commits that a step costs in the process engine.
CREATE INDEX journal_actor ON journal (actor, seq DESC);
CREATE INDEX journal_step ON journal (step, seq DESC);
CREATE INDEX journal_kind ON journal (split_part(subject, '/', 1), seq DESC);

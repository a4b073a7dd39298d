DROP INDEX journal_kind;
DROP INDEX journal_step;
DROP INDEX journal_actor;

-- What a refused row of a file said, for as long as somebody may want to mend it: its mapped cells, swept two weeks
-- after the import. Lines and reasons stay in batch_row. A table of its own, so that sweeping, taking an import back
-- and erasing a person are each one DELETE.
CREATE TABLE batch_refused (
    batch_id uuid NOT NULL REFERENCES batch ON DELETE CASCADE,
    line     int NOT NULL,
    cells    jsonb NOT NULL, -- {"name": "...", "email": "..."} by intake.Field, as written in the file
    name_key text NOT NULL,  -- intake.NameKey of the name, to find an erased person by
    PRIMARY KEY (batch_id, line)
);

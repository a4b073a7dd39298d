-- Show rates: a firm's history from before, what was learned, every forecast and what became of it.

-- A file of past invitations. The file itself may name people and is deleted once it is read.
CREATE TABLE attendance_import (
    id          uuid PRIMARY KEY,
    name        text NOT NULL, -- of the file
    document_id uuid REFERENCES document ON DELETE SET NULL,
    columns     jsonb NOT NULL DEFAULT '{}', -- how its columns were read
    state       text NOT NULL CHECK (state IN ('preview', 'done', 'reverted')),
    rows        int NOT NULL DEFAULT 0,
    came        int NOT NULL DEFAULT 0,
    skipped     jsonb NOT NULL DEFAULT '[]', -- [{"line": 7, "why": "outcome_missing"}, ...], the first of them
    skipped_all int NOT NULL DEFAULT 0,
    created_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    version     int NOT NULL DEFAULT 1
);
CREATE INDEX attendance_import_page ON attendance_import (created_at DESC, id DESC);
CREATE INDEX attendance_import_document ON attendance_import (document_id) WHERE document_id IS NOT NULL;

-- One past invitation: what was known before and whether the person came. No names.
CREATE TABLE attendance (
    import_id uuid NOT NULL REFERENCES attendance_import ON DELETE CASCADE,
    line      int NOT NULL,
    day       text NOT NULL DEFAULT '',
    came      boolean NOT NULL,
    reply     text NOT NULL CHECK (reply IN ('confirmed', 'silent', 'uncertain', 'declined')),
    fields    jsonb NOT NULL DEFAULT '{}',
    numbers   jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (import_id, line)
);

-- What was learned; the newest is in force. mark says from what: the same mark teaches the same.
CREATE TABLE rate_model (
    id         uuid PRIMARY KEY,
    learned_at timestamptz NOT NULL, -- business time
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    rows       int NOT NULL,
    mark       text NOT NULL,
    body       jsonb NOT NULL -- hiring.RateModel
);
CREATE INDEX rate_model_newest ON rate_model (seq DESC);

-- What was forecast for a person in a session, each time it changed, and HR's own word over it.
CREATE TABLE forecast (
    id             uuid PRIMARY KEY,
    seq            bigint GENERATED ALWAYS AS IDENTITY,
    booking_id     uuid, -- none yet for people not invited
    application_id uuid NOT NULL REFERENCES application ON DELETE CASCADE,
    interview_id   uuid NOT NULL REFERENCES interview ON DELETE CASCADE,
    at             timestamptz NOT NULL,
    p              double precision NOT NULL CHECK (p BETWEEN 0 AND 1), -- the model's
    model_id       uuid REFERENCES rate_model ON DELETE SET NULL,      -- NULL: the handbook's
    reasons        jsonb NOT NULL DEFAULT '[]', -- codes and numbers
    override_p     double precision CHECK (override_p BETWEEN 0 AND 1),
    override_by    text NOT NULL DEFAULT '', -- set with no override_p: an override was taken back
    came           boolean,
    final          boolean NOT NULL DEFAULT false, -- the last before the time promised: the one that is scored
    scored_at      timestamptz
);
CREATE INDEX forecast_person ON forecast (interview_id, application_id, seq DESC);
CREATE INDEX forecast_application ON forecast (application_id);
CREATE INDEX forecast_model ON forecast (model_id) WHERE model_id IS NOT NULL;
CREATE INDEX forecast_unscored ON forecast (interview_id) WHERE scored_at IS NULL;
CREATE INDEX forecast_scored ON forecast (seq DESC) WHERE final;

-- Learning and the funnel read the outcomes of a session's people.
CREATE INDEX interview_closed ON interview (changed_at DESC) WHERE state = 'closed';

-- Invitation in waves: how a session is filled, and what was planned each time.
ALTER TABLE interview
    ADD COLUMN filling text NOT NULL DEFAULT '' CHECK (filling IN ('', 'propose', 'auto')),
    ADD COLUMN settings jsonb NOT NULL DEFAULT '{}', -- hiring.PlanSettings
    ADD COLUMN planned_at timestamptz;

CREATE TABLE plan (
    id           uuid PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interview ON DELETE CASCADE,
    number       int NOT NULL,
    cause        text NOT NULL CHECK (cause IN ('fill', 'reply', 'clock', 'taken', 'manual')),
    decided_by   text NOT NULL,
    decided_at   timestamptz NOT NULL,
    state        text NOT NULL CHECK (state IN ('figures', 'proposed', 'taken', 'dismissed', 'superseded')),
    -- [{"id": application, "slot": 3, "p": 0.21}]: whom it invites; names are not kept
    invite       jsonb NOT NULL DEFAULT '[]',
    before       jsonb NOT NULL, -- hiring.PlanAnswer with nobody more
    after        jsonb NOT NULL, -- and with these
    seconds      double precision NOT NULL DEFAULT 0,
    wave_id      uuid REFERENCES wave,
    settled_by   text NOT NULL DEFAULT '',
    settled_at   timestamptz,
    UNIQUE (interview_id, number)
);
CREATE UNIQUE INDEX plan_proposed ON plan (interview_id) WHERE state = 'proposed';

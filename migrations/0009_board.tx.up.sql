-- The day: who was called to whom and when, lanes that pause, places that come first, and the news of it.
ALTER TABLE lane ADD COLUMN paused_at timestamptz;
ALTER TABLE interview ADD COLUMN absent_at timestamptz; -- noted that no interviewer came
ALTER TABLE booking ADD COLUMN priority boolean NOT NULL DEFAULT false; -- called first; a slot has fewer of them than lanes

-- A call of one person to one lane. It lives while outcome is ''.
CREATE TABLE call (
    id           uuid PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interview ON DELETE CASCADE,
    booking_id   uuid NOT NULL REFERENCES booking ON DELETE CASCADE,
    lane_id      uuid NOT NULL REFERENCES lane ON DELETE CASCADE,
    called_at    timestamptz NOT NULL,
    started_at   timestamptz,
    ended_at     timestamptz,
    outcome      text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'done', 'returned', 'left', 'forgotten')), -- forgotten: begun, and never ended by anybody
    CHECK ((outcome = '') = (ended_at IS NULL))
);
-- Nobody is called to two lanes, and no lane has two people: the database itself refuses.
CREATE UNIQUE INDEX call_booking_live ON call (booking_id) WHERE outcome = '';
CREATE UNIQUE INDEX call_lane_live ON call (lane_id) WHERE outcome = '';
CREATE INDEX call_interview ON call (interview_id, called_at);
CREATE INDEX call_booking ON call (booking_id);

-- What a day came to, as it was counted when the session closed (hiring.DayReport).
CREATE TABLE session_report (
    interview_id uuid PRIMARY KEY REFERENCES interview ON DELETE CASCADE,
    body         jsonb NOT NULL,
    written_at   timestamptz NOT NULL
);

-- News for open screens: the session's id, once a transaction however many rows (PostgreSQL joins equal
-- notifications of one transaction). Only changes that a board shows are told: a process noting that it
-- read its facts is not.
CREATE FUNCTION tell_session() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    id uuid;
BEGIN
    FOR id IN SELECT DISTINCT interview_id FROM changed LOOP
        PERFORM pg_notify('stazh_session', id::text);
    END LOOP;
    RETURN NULL;
END $$;

CREATE FUNCTION tell_interview() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    id uuid;
BEGIN
    FOR id IN SELECT n.id FROM changed n JOIN before b ON b.id = n.id WHERE b.version <> n.version LOOP
        PERFORM pg_notify('stazh_session', id::text);
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER booking_added AFTER INSERT ON booking REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_session();
CREATE TRIGGER booking_changed AFTER UPDATE ON booking REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_session();
CREATE TRIGGER offer_added AFTER INSERT ON offer REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_session();
CREATE TRIGGER call_added AFTER INSERT ON call REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_session();
CREATE TRIGGER call_changed AFTER UPDATE ON call REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_session();
CREATE TRIGGER lane_added AFTER INSERT ON lane REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_session();
CREATE TRIGGER lane_changed AFTER UPDATE ON lane REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_session();
CREATE TRIGGER interview_changed AFTER UPDATE ON interview REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_interview();

-- The frame: clock, policy, people who work here, journal, documents, mail.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- One row: business time = origin_business + (wall - origin_wall) * speed. seen_wall is the last time
-- a development run was alive; with speed > 1 business time stands still while it is off.
CREATE TABLE business_clock (
    id              int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    origin_wall     timestamptz NOT NULL,
    origin_business timestamptz NOT NULL,
    speed           double precision NOT NULL CHECK (speed >= 1 AND speed <= 100000),
    seen_wall       timestamptz NOT NULL
);
INSERT INTO business_clock VALUES (1, '2020-01-01Z', '2020-01-01Z', 1, '2020-01-01Z');

-- Numbers people want to change; the newest row is in force. An empty body means the defaults of hiring.DefaultPolicy.
CREATE TABLE policy (
    version    int PRIMARY KEY,
    body       jsonb NOT NULL DEFAULT '{}',
    changed_by uuid,
    changed_at timestamptz NOT NULL
);
INSERT INTO policy VALUES (1, '{}', NULL, '2020-01-01Z');

-- name and public address of the company; one row.
CREATE TABLE company (
    id       int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    name     text NOT NULL,
    language text NOT NULL DEFAULT 'en',
    reply_to text NOT NULL DEFAULT ''
);
INSERT INTO company VALUES (1, 'Stazh', 'en', '');

CREATE TABLE staff (
    id            uuid PRIMARY KEY,
    email         text NOT NULL,
    name          text NOT NULL,
    roles         text[] NOT NULL,
    language      text NOT NULL DEFAULT 'en',
    zone          text NOT NULL DEFAULT 'Europe/Moscow',
    password_hash text NOT NULL DEFAULT '',
    generation    int NOT NULL DEFAULT 1, -- raised with each new password; older sessions and links end
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL,
    version       int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX staff_email ON staff (lower(email));

-- Signed-in browsers. Only the hash of the cookie's value is kept. Wall time.
CREATE TABLE staff_session (
    hash       bytea PRIMARY KEY,
    id         uuid NOT NULL UNIQUE,
    staff_id   uuid NOT NULL REFERENCES staff ON DELETE CASCADE,
    csrf       text NOT NULL,
    generation int NOT NULL,
    ip         text NOT NULL DEFAULT '',
    browser    text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX staff_session_staff ON staff_session (staff_id);

-- One-time links for staff: set a first password, reset a forgotten one. The link is derived (workflows/link), not stored.
CREATE TABLE staff_link (
    id         uuid PRIMARY KEY,
    staff_id   uuid NOT NULL REFERENCES staff ON DELETE CASCADE,
    purpose    text NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    created_at timestamptz NOT NULL
);

CREATE TABLE api_token (
    id         uuid PRIMARY KEY,
    staff_id   uuid NOT NULL REFERENCES staff ON DELETE CASCADE,
    name       text NOT NULL,
    hash       bytea NOT NULL UNIQUE,
    hint       text NOT NULL, -- the first characters, to recognise it
    scopes     text[] NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    used_at    timestamptz,
    created_at timestamptz NOT NULL
);

-- Fixed-window counters shared by all processes: sign-in, links, public form. Wall time.
CREATE UNLOGGED TABLE limiter (
    key          text NOT NULL,
    window_start timestamptz NOT NULL,
    count        int NOT NULL,
    PRIMARY KEY (key, window_start)
);

-- What was done, by whom, under which key. Ids and codes only, so erasure never touches the chain.
CREATE TABLE journal (
    seq       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject   text NOT NULL, -- application/<uuid>, interview/<uuid>, vacancy/<uuid>, ...
    actor     text NOT NULL, -- staff/<uuid>, token/<uuid>, candidate/<application>, system
    key       text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    step      text NOT NULL,
    args_hash bytea NOT NULL,
    result    jsonb NOT NULL,
    at        timestamptz NOT NULL, -- business time
    written   timestamptz NOT NULL DEFAULT clock_timestamp(),
    previous  bytea NOT NULL,
    hash      bytea NOT NULL,
    UNIQUE (actor, key)
);
CREATE INDEX journal_subject ON journal (subject, seq DESC);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Personal or long content, inert until a step links it; orphans are swept.
CREATE TABLE document (
    id         uuid PRIMARY KEY,
    key        text NOT NULL UNIQUE, -- actor + command id + part
    kind       text NOT NULL,        -- note, scorecard, import, resume, photo, minutes
    name       text NOT NULL DEFAULT '',
    media_type text NOT NULL,
    body       bytea NOT NULL CHECK (octet_length(body) <= 10485760),
    created_at timestamptz NOT NULL,
    linked_at  timestamptz
);
CREATE INDEX document_orphan ON document (created_at) WHERE linked_at IS NULL;

-- Mail to be sent. A step or handler inserts it in its own transaction; the sender claims by lease.
CREATE TABLE outgoing_mail (
    id              uuid PRIMARY KEY,
    key             text NOT NULL UNIQUE, -- subject/kind/occasion: the Message-ID is derived from it
    kind            text NOT NULL,
    application_id  uuid,
    booking_id      uuid,
    booking_version int,
    staff_id        uuid,
    params          jsonb NOT NULL DEFAULT '{}', -- codes, times, numbers; never personal text
    due_at          timestamptz NOT NULL,        -- business time
    not_after       timestamptz,                 -- business time
    created_at      timestamptz NOT NULL,        -- business time
    state           text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'dropped', 'failed')),
    attempts        int NOT NULL DEFAULT 0,
    lease_until     timestamptz,                 -- wall time
    retry_at        timestamptz,                 -- wall time
    settled_at      timestamptz,                 -- business time
    code            text NOT NULL DEFAULT ''     -- why dropped or failed
);
CREATE INDEX outgoing_mail_due ON outgoing_mail (due_at) WHERE state = 'queued';
CREATE INDEX outgoing_mail_application ON outgoing_mail (application_id, created_at DESC);

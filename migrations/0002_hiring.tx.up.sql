-- Hiring: catalogue (profile, vacancy, source, venue), people, applications, sessions, bookings, scorecards, decisions.
CREATE TABLE profile (
    id           uuid PRIMARY KEY,
    title        text NOT NULL,
    duties       text NOT NULL DEFAULT '',
    rights       text NOT NULL DEFAULT '',
    liability    text NOT NULL DEFAULT '',
    -- [{"kind": "education|experience|skill|language|quality", "text": "...", "must": true}]
    requirements jsonb NOT NULL DEFAULT '[]',
    archived_at  timestamptz,
    created_at   timestamptz NOT NULL,
    version      int NOT NULL DEFAULT 1
);

CREATE TABLE source (
    id          uuid PRIMARY KEY,
    name        text NOT NULL,
    kind        text NOT NULL DEFAULT 'board', -- board, referral, site, agency, other
    archived_at timestamptz,
    created_at  timestamptz NOT NULL,
    version     int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX source_name ON source (lower(name));

CREATE TABLE vacancy (
    id         uuid PRIMARY KEY,
    profile_id uuid NOT NULL REFERENCES profile,
    title      text NOT NULL,
    city       text NOT NULL,
    zone       text NOT NULL,
    language   text NOT NULL DEFAULT 'ru', -- of mails to people whose own language is unknown
    headcount  int NOT NULL CHECK (headcount BETWEEN 1 AND 1000),
    pay_level  int NOT NULL CHECK (pay_level BETWEEN 1 AND 4),
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('draft', 'open', 'closed')),
    public     boolean NOT NULL, -- the application form is open to anyone with its address
    created_by uuid,
    created_at timestamptz NOT NULL,
    closed_at  timestamptz,
    version    int NOT NULL DEFAULT 1
);
CREATE INDEX vacancy_page ON vacancy (created_at DESC, id DESC);

-- Money is in minor units of the currency.
CREATE TABLE vacancy_source (
    vacancy_id uuid NOT NULL REFERENCES vacancy ON DELETE CASCADE,
    source_id  uuid NOT NULL REFERENCES source,
    cost_minor bigint NOT NULL DEFAULT 0 CHECK (cost_minor >= 0),
    currency   text NOT NULL DEFAULT 'RUB' CHECK (currency ~ '^[A-Z]{3}$'),
    PRIMARY KEY (vacancy_id, source_id)
);

CREATE TABLE venue (
    id          uuid PRIMARY KEY,
    name        text NOT NULL,
    city        text NOT NULL,
    zone        text NOT NULL,
    address     text NOT NULL,
    map_url     text NOT NULL DEFAULT '',
    directions  text NOT NULL DEFAULT '', -- read out to the caller who cannot find it
    phone       text NOT NULL DEFAULT '', -- of reception
    room        int NOT NULL DEFAULT 12 CHECK (room BETWEEN 1 AND 1000), -- waiting-room size
    photo_id    uuid REFERENCES document,
    archived_at timestamptz,
    created_at  timestamptz NOT NULL,
    version     int NOT NULL DEFAULT 1
);

CREATE TABLE person (
    id          uuid PRIMARY KEY,
    name        text NOT NULL,
    first_name  text NOT NULL, -- all that a candidate page or mail shows
    email       text NOT NULL DEFAULT '', -- normalised
    phone       text NOT NULL DEFAULT '', -- normalised
    city        text NOT NULL DEFAULT '',
    birth_year  int CHECK (birth_year BETWEEN 1900 AND 2100),
    language    text NOT NULL DEFAULT '',
    merged_into uuid REFERENCES person,
    erased_at   timestamptz,
    created_at  timestamptz NOT NULL,
    version     int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX person_email ON person (email) WHERE email <> '' AND merged_into IS NULL;
CREATE INDEX person_phone ON person (phone) WHERE phone <> '';
CREATE INDEX person_name ON person (lower(name) text_pattern_ops);

-- A file of responses (kind import) or a bulk rejection (kind reject), worked off in chunks by the Intake process.
CREATE TABLE batch (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('import', 'reject')),
    vacancy_id  uuid NOT NULL REFERENCES vacancy,
    source_id   uuid REFERENCES source,
    document_id uuid REFERENCES document, -- the file; or the ids to reject, as JSON
    settings    jsonb NOT NULL DEFAULT '{}', -- encoding, delimiter, mapping, acknowledge; reason
    state       text NOT NULL CHECK (state IN ('preview', 'running', 'done', 'reverting', 'reverted')),
    total       int NOT NULL DEFAULT 0, -- rows in the file
    position    int NOT NULL DEFAULT 0, -- rows worked off
    added       int NOT NULL DEFAULT 0,
    joined      int NOT NULL DEFAULT 0, -- known person, new application
    repeated    int NOT NULL DEFAULT 0, -- already applied
    refused     int NOT NULL DEFAULT 0,
    reverted    int NOT NULL DEFAULT 0,
    kept        int NOT NULL DEFAULT 0, -- touched since, not reverted
    created_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    version     int NOT NULL DEFAULT 1
);
CREATE INDEX batch_vacancy ON batch (vacancy_id, created_at DESC);

CREATE TABLE application (
    id              uuid PRIMARY KEY,
    person_id       uuid NOT NULL REFERENCES person,
    vacancy_id      uuid NOT NULL REFERENCES vacancy,
    source_id       uuid REFERENCES source,
    batch_id        uuid REFERENCES batch,
    state           text NOT NULL CHECK (state IN ('responded', 'shortlisted', 'invited', 'booked', 'arrived', 'interviewed',
                        'decided', 'offered', 'accepted', 'hired', 'withdrawn', 'declined', 'no_answer', 'no_show', 'expired')),
    decision        text NOT NULL DEFAULT '' CHECK (decision IN ('', 'hire', 'reserve', 'reject')),
    reason          text NOT NULL DEFAULT '',
    rank            int, -- HR's order in the shortlist; smaller is earlier
    comment_id      uuid REFERENCES document, -- what the person wrote with the response
    consent_at      timestamptz,
    consent_version text NOT NULL DEFAULT '',
    link_generation int NOT NULL DEFAULT 1,
    responded_at    timestamptz NOT NULL,
    changed_at      timestamptz NOT NULL,
    loaded_at       timestamptz, -- when its process last read it; older than changed_at: Reconcile nudges
    due_at          timestamptz, -- when its process next acts; NULL: nothing awaited
    version         int NOT NULL DEFAULT 1,
    UNIQUE (person_id, vacancy_id),
    CHECK ((state IN ('decided', 'offered', 'accepted', 'hired')) = (decision <> ''))
);
CREATE INDEX application_page ON application (vacancy_id, responded_at DESC, id DESC);
CREATE INDEX application_state ON application (vacancy_id, state, responded_at DESC, id DESC);
CREATE INDEX application_all ON application (responded_at DESC, id DESC);
CREATE INDEX application_batch ON application (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX application_due ON application (due_at) WHERE due_at IS NOT NULL;

-- What became of each row of a file.
CREATE TABLE batch_row (
    batch_id       uuid NOT NULL REFERENCES batch ON DELETE CASCADE,
    line           int NOT NULL,
    outcome        text NOT NULL CHECK (outcome IN ('added', 'joined', 'repeated', 'refused', 'rejected', 'skipped')),
    code           text NOT NULL DEFAULT '',
    field          text NOT NULL DEFAULT '',
    application_id uuid REFERENCES application ON DELETE SET NULL,
    PRIMARY KEY (batch_id, line)
);

-- A session of streaming interviews ("interview" as the process is named).
CREATE TABLE interview (
    id             uuid PRIMARY KEY,
    kind           text NOT NULL DEFAULT 'streaming' CHECK (kind IN ('streaming', 'group')),
    venue_id       uuid NOT NULL REFERENCES venue,
    title          text NOT NULL DEFAULT '',
    zone           text NOT NULL,
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL,
    slot_minutes   int NOT NULL CHECK (slot_minutes BETWEEN 5 AND 240),
    room           int NOT NULL CHECK (room BETWEEN 1 AND 1000),
    wait_minutes   int NOT NULL CHECK (wait_minutes BETWEEN 5 AND 480), -- the longest wait the invitation names
    rules          jsonb NOT NULL DEFAULT '{}', -- hiring.CandidateRules
    state          text NOT NULL CHECK (state IN ('open', 'running', 'closed', 'cancelled')),
    created_by     text NOT NULL,
    created_at     timestamptz NOT NULL,
    changed_at     timestamptz NOT NULL,
    loaded_at      timestamptz,
    due_at         timestamptz,
    version        int NOT NULL DEFAULT 1,
    CHECK (ends_at > starts_at)
);
CREATE INDEX interview_page ON interview (starts_at DESC, id DESC);
CREATE INDEX interview_due ON interview (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE interview_vacancy (
    interview_id uuid NOT NULL REFERENCES interview ON DELETE CASCADE,
    vacancy_id   uuid NOT NULL REFERENCES vacancy,
    PRIMARY KEY (interview_id, vacancy_id)
);
CREATE INDEX interview_vacancy_vacancy ON interview_vacancy (vacancy_id);

-- One interviewer's time in a session. The database refuses one interviewer in two places at once.
CREATE TABLE lane (
    id           uuid PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interview ON DELETE CASCADE,
    number       int NOT NULL CHECK (number BETWEEN 1 AND 50),
    staff_id     uuid NOT NULL REFERENCES staff,
    during       tstzrange NOT NULL,
    closed_at    timestamptz,
    UNIQUE (interview_id, number),
    CONSTRAINT lane_interviewer_busy EXCLUDE USING gist (staff_id WITH =, during WITH &&) WHERE (closed_at IS NULL)
);

-- Arrival times and their seats: how many people may be invited to each. A seat is judged here, nowhere else.
CREATE TABLE slot (
    interview_id uuid NOT NULL REFERENCES interview ON DELETE CASCADE,
    number       int NOT NULL CHECK (number BETWEEN 0 AND 199),
    starts_at    timestamptz NOT NULL,
    seats        int NOT NULL CHECK (seats BETWEEN 0 AND 500),
    taken        int NOT NULL DEFAULT 0,
    PRIMARY KEY (interview_id, number),
    CONSTRAINT slot_seats CHECK (taken BETWEEN 0 AND seats)
);

-- A wave of invitations, decided by Interview; each member is an offer.
CREATE TABLE wave (
    id           uuid PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interview ON DELETE CASCADE,
    number       int NOT NULL,
    decided_by   text NOT NULL,
    decided_at   timestamptz NOT NULL,
    UNIQUE (interview_id, number)
);
-- An offer holds its seat until Application has taken it up as a booking of the same id.
CREATE TABLE offer (
    id             uuid PRIMARY KEY,
    wave_id        uuid NOT NULL REFERENCES wave ON DELETE CASCADE,
    interview_id   uuid NOT NULL REFERENCES interview ON DELETE CASCADE,
    application_id uuid NOT NULL REFERENCES application,
    slot           int NOT NULL,
    reply_by       timestamptz NOT NULL,
    created_at     timestamptz NOT NULL,
    UNIQUE (wave_id, application_id)
);
CREATE INDEX offer_application ON offer (application_id, created_at);

CREATE TABLE booking (
    id             uuid PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES application,
    person_id      uuid NOT NULL REFERENCES person,
    interview_id   uuid NOT NULL REFERENCES interview,
    slot           int NOT NULL,
    starts_at      timestamptz NOT NULL, -- the arrival time promised
    state          text NOT NULL CHECK (state IN ('invited', 'confirmed', 'arrived', 'arrived_late', 'walk_in', 'interviewed',
                       'moved', 'declined', 'no_answer', 'cancelled_in_time', 'cancelled_late', 'withdrawn_by_us',
                       'left_without_interview', 'no_show', 'interviewer_no_show')),
    holds_seat     boolean NOT NULL,
    reply_by       timestamptz,
    uid            text NOT NULL,           -- of the calendar event; stays when moved, new after a cancel
    sequence       int NOT NULL DEFAULT 0,  -- of the calendar event; raised with each change of time or place
    moves          int NOT NULL DEFAULT 0,  -- by the candidate
    late_minutes   int,                     -- what the candidate announced
    booked_at      timestamptz NOT NULL,    -- invited, or chosen
    confirmed_at   timestamptz,
    arrived_at     timestamptz,
    ended_at       timestamptz,             -- interviewed, left, no-show, cancelled
    reminded_day   boolean NOT NULL,
    reminded_hours boolean NOT NULL,
    version        int NOT NULL DEFAULT 1,  -- every form carries it
    FOREIGN KEY (interview_id, slot) REFERENCES slot (interview_id, number)
);
-- Two live bookings of one person in one session are refused by the database itself.
CREATE UNIQUE INDEX booking_live ON booking (person_id, interview_id)
    WHERE state IN ('invited', 'confirmed', 'arrived', 'arrived_late', 'walk_in', 'interviewed');
CREATE INDEX booking_application ON booking (application_id, booked_at DESC);
CREATE INDEX booking_interview ON booking (interview_id, slot);

-- One per interviewer and application. Scores are numbers; notes lie in the document.
CREATE TABLE scorecard (
    id             uuid PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES application,
    booking_id     uuid REFERENCES booking,
    staff_id       uuid NOT NULL REFERENCES staff,
    scores         jsonb NOT NULL, -- {"motivation": 4, ...}
    recommendation text NOT NULL CHECK (recommendation IN ('hire', 'reserve', 'reject')),
    note_id        uuid REFERENCES document, -- {"motivation": "evidence", ..., "summary": "..."}
    filed_at       timestamptz NOT NULL,
    UNIQUE (application_id, staff_id)
);

CREATE TABLE decision (
    id             uuid PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES application,
    decision       text NOT NULL CHECK (decision IN ('hire', 'reserve', 'reject')),
    reason         text NOT NULL DEFAULT '',
    note_id        uuid REFERENCES document,
    previous_state text NOT NULL, -- what undo returns to
    decided_by     text NOT NULL,
    decided_at     timestamptz NOT NULL,
    undone_by      text NOT NULL DEFAULT '',
    undone_at      timestamptz
);
CREATE UNIQUE INDEX decision_live ON decision (application_id) WHERE undone_at IS NULL;

-- What happened and people shall hear of, the ways on which they are told, what they were told; and the garden's settings.
CREATE TABLE garden_setting (
    is_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
    quiet_from time DEFAULT '22:00',
    quiet_until time DEFAULT '07:00',
    critical_breaks_quiet boolean NOT NULL DEFAULT true,
    digest_at time NOT NULL DEFAULT '08:00',
    escalate_after_hours double precision NOT NULL DEFAULT 12,
    CHECK ((quiet_from IS NULL) = (quiet_until IS NULL))
);
INSERT INTO garden_setting DEFAULT VALUES;
COMMENT ON TABLE garden_setting IS 'What holds for the whole garden: one row. Times of the day are meant in TIME_ZONE.';
COMMENT ON COLUMN garden_setting.quiet_from IS 'From here until quiet_until nobody is told anything; both null: there is no such time.';
COMMENT ON COLUMN garden_setting.digest_at IS 'When channels that get a digest get it.';

CREATE TABLE notice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    subject text NOT NULL,
    at timestamptz NOT NULL,
    plant_id uuid,
    device_id text,
    title text NOT NULL,
    body text NOT NULL,
    routed_at timestamptz
);
CREATE INDEX notice_to_route ON notice (id) WHERE routed_at IS NULL;
COMMENT ON TABLE notice IS 'What happened, written in the transaction in which it did. Plants and devices may be gone meanwhile.';
COMMENT ON COLUMN notice.subject IS 'What it is news of, such as alert:<id>: of one thing only the newest is told.';
COMMENT ON COLUMN notice.routed_at IS 'When it was given to the channels that want it; null: not yet.';

CREATE TABLE notification_channel (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('discord', 'webhook', 'apprise')),
    source text NOT NULL CHECK (source IN ('user', 'settings')),
    name text NOT NULL,
    service text NOT NULL,
    host text NOT NULL,
    secret bytea,
    enabled boolean NOT NULL,
    min_severity text NOT NULL CHECK (min_severity IN ('info', 'warning', 'critical')),
    kinds text [],
    plant_ids uuid [],
    areas text [],
    digest boolean NOT NULL,
    paused_until timestamptz,
    refused_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    last_success_at timestamptz,
    last_failure_at timestamptz,
    last_failure text,
    untold integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    CHECK ((secret IS NULL) = (source = 'settings'))
);
COMMENT ON TABLE notification_channel IS 'Ways on which people are told. Null kinds, plant_ids, areas: all of them.';
COMMENT ON COLUMN notification_channel.secret IS 'JSON with its address and keys, sealed for notification_channel:<id>.';
COMMENT ON COLUMN notification_channel.refused_at IS 'Since when the other side refuses for good; nothing is sent until somebody mends it.';
COMMENT ON COLUMN notification_channel.failures IS 'Since the last success: how long to pause follows from it.';
COMMENT ON COLUMN notification_channel.untold IS 'News that expired before the channel could be reached; its next message tells how many.';

CREATE TABLE notification (
    id uuid PRIMARY KEY,
    channel_id uuid NOT NULL REFERENCES notification_channel ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'expired')),
    severity text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    items integer NOT NULL,
    created_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    finished_at timestamptz,
    error text
);
CREATE UNIQUE INDEX notification_waiting ON notification (channel_id) WHERE state = 'waiting';
CREATE INDEX notification_newest ON notification (created_at, id);
COMMENT ON TABLE notification IS 'Messages to channels: at most one waits for each; news meanwhile goes into the next one.';
COMMENT ON COLUMN notification.items IS 'Pieces of news in it.';
COMMENT ON COLUMN notification.next_at IS 'When to try next; while one is trying, when others may take it for dead.';

CREATE TABLE notification_item (
    channel_id uuid NOT NULL REFERENCES notification_channel ON DELETE CASCADE,
    notice_id bigint NOT NULL REFERENCES notice ON DELETE CASCADE,
    subject text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'told', 'dropped', 'expired')),
    due_at timestamptz NOT NULL,
    notification_id uuid REFERENCES notification ON DELETE CASCADE,
    PRIMARY KEY (channel_id, notice_id)
);
CREATE INDEX notification_item_waiting ON notification_item (channel_id, due_at) WHERE state = 'waiting';
CREATE INDEX notification_item_by_subject ON notification_item (subject);
CREATE INDEX notification_item_by_notice ON notification_item (notice_id);
CREATE INDEX notification_item_by_notification ON notification_item (notification_id);
COMMENT ON TABLE notification_item IS 'Which news is for which channel. Told: it is in a message; dropped: it was over before anybody was told.';

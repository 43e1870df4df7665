-- name: say(channel, payload)$
-- Tell everyone who listens on the channel.
SELECT pg_notify(:channel, :payload);

-- name: beat()$
-- Ask for a sign of life.
SELECT true;

-- name: publish(channel, payload)$
-- Tell everyone who listens on the channel.
SELECT pg_notify(:channel, :payload);

-- name: ping()$
-- Ask for a sign of life.
SELECT true;

-- name: add_token(id, name, hash, scopes, created_at, expires_at)!
-- Keep a new token; of its secret only the hash.
INSERT INTO token (id, name, hash, scopes, created_at, expires_at)
VALUES (:id, :name, :hash, :scopes, :created_at, :expires_at);

-- name: token_by_hash(hash, now)^
-- The valid token that a secret belongs to.
SELECT id, name, hash, scopes, last_used_at
FROM token
WHERE hash = :hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now);

-- name: token_by_id(id)^
-- One token, valid or not.
SELECT id, name, scopes, created_at, expires_at, last_used_at, revoked_at
FROM token
WHERE id = :id;

-- name: is_valid(id, now)$
-- Whether a token is neither revoked nor expired.
SELECT true FROM token
WHERE id = :id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now);

-- name: tokens(after, count)
-- Tokens from the oldest on, those that come after one of them; expired and revoked ones too.
SELECT id, name, scopes, created_at, expires_at, last_used_at, revoked_at
FROM token
WHERE :after::uuid IS NULL OR (created_at, id) > (SELECT created_at, id FROM token WHERE id = :after::uuid)
ORDER BY created_at, id
LIMIT :count;

-- name: tokens_called(name)
-- Every token of that name that is not revoked.
SELECT id, name, scopes, created_at, expires_at, last_used_at, revoked_at
FROM token
WHERE name = :name AND revoked_at IS NULL
ORDER BY created_at, id;

-- name: token_was_used(id, now, since)!
-- Note that a token was used, unless that was noted since then.
UPDATE token SET last_used_at = :now
WHERE id = :id AND (last_used_at IS NULL OR last_used_at < :since);

-- name: lock_admin_tokens(now)
-- Every valid admin token, held until the transaction ends so that two can't be revoked at once.
SELECT id FROM token
WHERE 'admin' = ANY (scopes) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now)
ORDER BY id
FOR UPDATE;

-- name: revoke_token(id, now)!
-- Make a token worthless from now on.
UPDATE token SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL;

-- name: end_sessions(token_id)!
-- Log out every browser that came in with this token.
DELETE FROM browser_session WHERE token_id = :token_id;

-- name: add_session(hash, token_id, created_at, expires_at)!
-- Keep a browser's session; of its secret only the hash.
INSERT INTO browser_session (hash, token_id, created_at, expires_at)
VALUES (:hash, :token_id, :created_at, :expires_at);

-- name: session_by_hash(hash, now)^
-- The running session that a secret belongs to, with its token, which must still be valid.
SELECT t.id, t.name, s.hash, t.scopes, t.last_used_at, s.expires_at
FROM browser_session s JOIN token t ON t.id = s.token_id
WHERE s.hash = :hash AND s.expires_at > :now
    AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > :now);

-- name: prolong_session(hash, expires_at)!
-- A session that is used goes on.
UPDATE browser_session SET expires_at = :expires_at WHERE hash = :hash;

-- name: end_session(hash)!
-- Log one browser out.
DELETE FROM browser_session WHERE hash = :hash;

-- name: blocked_until(address, now)$
-- Until when wrong credentials from this address are answered with "wait"; null: no such time.
SELECT blocked_until FROM login_failure WHERE address = :address AND blocked_until > :now;

-- name: note_failure(address, now, forget_before)!
-- Count a wrong credential. The 5th blocks the address for a second, each further one twice as long, up to 15 minutes.
-- While it is blocked nothing is counted; a quiet hour makes the count begin anew. Before the 5th nobody is blocked, not
-- even for a caller whose moment lies a little before the last one's.
INSERT INTO login_failure AS f (address, failures, blocked_until, last_at)
VALUES (:address, 1, '-infinity', :now)
ON CONFLICT (address) DO UPDATE SET
    failures = CASE WHEN f.last_at < :forget_before THEN 1 ELSE f.failures + 1 END,
    blocked_until = CASE
        WHEN f.last_at < :forget_before OR f.failures < 4 THEN '-infinity'
        ELSE :now + least(interval '15 minutes', interval '1 second' * 2 ^ least(f.failures - 4, 10))
    END,
    last_at = :now
WHERE f.blocked_until <= :now;

-- name: forgive(address)!
-- A right credential makes an address' failures forgotten.
DELETE FROM login_failure WHERE address = :address;

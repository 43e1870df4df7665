-- name: profile(id)^
-- Give a profile; it stays until the transaction ends.
SELECT id, source, name, profile FROM species_profile WHERE id = :id FOR KEY SHARE;

-- name: profile_to_change(id)^
-- Give a profile that this transaction will change.
SELECT id, source, name, profile FROM species_profile WHERE id = :id FOR UPDATE;

-- name: profiles()
-- Give all profiles.
SELECT id, source, name, profile FROM species_profile ORDER BY id;

-- name: known(ids)
-- Tell which of some ids have a profile.
SELECT id FROM species_profile WHERE id = ANY(:ids::text []);

-- name: count()$
-- Count the profiles.
SELECT count(*) FROM species_profile;

-- name: add(id, source, name, profile, now)!
-- Keep a profile.
INSERT INTO species_profile (id, source, name, profile, created_at, updated_at)
VALUES (:id, :source, :name, :profile, :now, :now);

-- name: put(id, source, name, profile, now)!
-- Keep a profile, in the place of an earlier one.
INSERT INTO species_profile (id, source, name, profile, created_at, updated_at)
VALUES (:id, :source, :name, :profile, :now, :now)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, profile = excluded.profile, updated_at = excluded.updated_at;

-- name: change(id, name, profile, now)!
-- Write a profile anew.
UPDATE species_profile SET name = :name, profile = :profile, updated_at = :now WHERE id = :id;

-- name: remove(id)$
-- Remove a profile; the store refuses while a plant has it.
DELETE FROM species_profile WHERE id = :id RETURNING true;

-- name: users(id)
-- Give the plants that have a profile, with their own bounds.
SELECT id, name, own_thresholds FROM plant WHERE stored_species_id = :id ORDER BY name COLLATE "C", id;

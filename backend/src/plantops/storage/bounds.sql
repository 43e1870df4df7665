-- name: bounds(plant_ids)
-- Give what the spans of some plants come from.
SELECT p.id, p.species_id, p.own_thresholds::text, s.source, s.name, s.profile
FROM plant AS p
LEFT JOIN species_profile AS s ON s.id = p.stored_species_id
WHERE p.id = ANY(:plant_ids::uuid []);

-- The seed of a job stands among its parameters.
UPDATE job SET parameters = json_set(parameters, '$.seed', seed)
WHERE seed > 0 AND json_valid(parameters) AND json_extract(parameters, '$.seed') IS NULL;
ALTER TABLE job DROP COLUMN seed;

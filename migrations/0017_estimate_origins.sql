-- What other programs call estimates and their points.
ALTER TABLE estimates ADD COLUMN external_id TEXT;
ALTER TABLE estimates ADD COLUMN external_source TEXT;
ALTER TABLE estimate_points ADD COLUMN external_id TEXT;
ALTER TABLE estimate_points ADD COLUMN external_source TEXT;

-- Slugs that differ only in case are taken; those that are there stay, so the index is not unique: see store.SlugTaken.
CREATE INDEX workspaces_slug_folded ON workspaces (LOWER(slug));

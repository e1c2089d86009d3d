-- What a key may not do beside what its owner may not, and what last used it. NULL: no limit.

ALTER TABLE api_tokens ADD COLUMN read_only BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE api_tokens ADD COLUMN scopes $JSON;
-- The reference's workspace_id says for which workspace a service's key was made, and limits nothing.
ALTER TABLE api_tokens ADD COLUMN only_workspace_id $ID;
ALTER TABLE api_tokens ADD COLUMN only_projects $JSON;
ALTER TABLE api_tokens ADD COLUMN last_address TEXT NOT NULL DEFAULT '';
ALTER TABLE api_tokens ADD COLUMN last_agent TEXT NOT NULL DEFAULT '';

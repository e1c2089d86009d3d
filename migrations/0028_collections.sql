-- Collections of pages of the workspace. A page is in one at most, with all that is below it.
CREATE TABLE collections (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    access INTEGER NOT NULL,
    owned_by_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    logo_props $JSON NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX collections_workspace ON collections (workspace_id);
CREATE INDEX collections_owned_by ON collections (owned_by_id);
CREATE INDEX collections_deleted ON collections (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE collection_members (
    id $ID PRIMARY KEY,
    collection_id $ID NOT NULL REFERENCES collections (id) ON DELETE CASCADE DEFERRABLE,
    member_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    access INTEGER NOT NULL,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX collection_members_key ON collection_members (collection_id, member_id) WHERE deleted_at IS NULL;
CREATE INDEX collection_members_collection ON collection_members (collection_id);
CREATE INDEX collection_members_member ON collection_members (member_id);
CREATE INDEX collection_members_workspace ON collection_members (workspace_id);
CREATE INDEX collection_members_deleted ON collection_members (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE collection_pages (
    id $ID PRIMARY KEY,
    collection_id $ID NOT NULL REFERENCES collections (id) ON DELETE CASCADE DEFERRABLE,
    page_id $ID NOT NULL REFERENCES pages (id) ON DELETE CASCADE DEFERRABLE,
    sort_order DOUBLE PRECISION NOT NULL,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX collection_pages_page_key ON collection_pages (page_id) WHERE deleted_at IS NULL;
CREATE INDEX collection_pages_page ON collection_pages (page_id);
CREATE INDEX collection_pages_collection ON collection_pages (collection_id, sort_order);
CREATE INDEX collection_pages_workspace ON collection_pages (workspace_id);
CREATE INDEX collection_pages_deleted ON collection_pages (deleted_at) WHERE deleted_at IS NOT NULL;

-- What people type on pages together, as it comes: updates of Yjs documents, each after its length. They go when they are part of the
-- page's own document (pages.description_binary). A node leaves its own out when it reads what others have added. Ours.
CREATE TABLE page_updates (
    id $SERIAL,
    page_id $ID NOT NULL REFERENCES pages (id) ON DELETE CASCADE DEFERRABLE,
    node TEXT NOT NULL,
    actor_id $ID,
    updates $BLOB NOT NULL,
    created_at $TIME NOT NULL
);
CREATE INDEX page_updates_page ON page_updates (page_id, id);

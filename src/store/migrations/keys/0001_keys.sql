-- The key store: a database of its own that no dump of the main database contains. Every key in it is wrapped by the one
-- above it, the topmost by the master key, which is in neither database. docs/decisions/0004-key-store.md.

CREATE TABLE tenant_keys (
  account_id INTEGER NOT NULL PRIMARY KEY,  -- 0 is the instance itself; its row is also the check of the master key
  created_at INTEGER NOT NULL,
  next_slot INTEGER NOT NULL,               -- the next subject's number; numbers are never used twice
  wrapped BLOB NOT NULL                     -- under the master key: nonce (24), key (32), tag (16)
) STRICT;

-- One row for each data subject, and for those that may come next. To forget a subject is to delete its row.
CREATE TABLE slots (
  account_id INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  wrapped BLOB NOT NULL,                    -- under the tenant key
  PRIMARY KEY (account_id, slot)
) STRICT;

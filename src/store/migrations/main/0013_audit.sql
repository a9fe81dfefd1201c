-- The audit log: what was done, in an order that cannot be changed unnoticed (src/audit/log.h). The tree is the
-- instance's: its rows are those of account 0.

CREATE TABLE audit_entries (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,                -- "case.closed"
  subject INTEGER NOT NULL,          -- key slot of the person it is about; 0 when it is nobody in particular
  commitment BLOB NOT NULL,          -- what the tree holds of it
  salt BLOB,                         -- NULL: forgotten; what was committed to cannot be told any more
  payload TEXT,                      -- what the commitment was made of; NULL with the salt
  position INTEGER,                  -- in the tree; NULL until it was taken in
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE INDEX audit_entries_waiting ON audit_entries (id) WHERE position IS NULL;
CREATE UNIQUE INDEX audit_entries_by_position ON audit_entries (position) WHERE position IS NOT NULL;
CREATE INDEX audit_entries_by_age ON audit_entries (at) WHERE salt IS NOT NULL;

CREATE TABLE audit_tiles (
  account_id INTEGER NOT NULL,
  level INTEGER NOT NULL,            -- -1: the entries themselves; 0: their hashes; above: hashes of full tiles
  number INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (account_id, level, number)
) STRICT;

CREATE TABLE audit_checkpoints (
  account_id INTEGER NOT NULL,
  size INTEGER NOT NULL,
  at INTEGER NOT NULL,
  note TEXT NOT NULL,                -- signed
  PRIMARY KEY (account_id, size)
) STRICT;

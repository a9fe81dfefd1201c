-- What was erased from the main database, kept where no backup of it reaches: a restored copy is brought up to date from
-- here before it opens.
CREATE TABLE erased (
  account_id INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  digest BLOB NOT NULL,
  erased_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, kind, digest)
) STRICT;

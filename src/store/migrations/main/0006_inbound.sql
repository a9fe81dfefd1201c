-- Who may push documents for an account, and which documents came already.

CREATE TABLE inbound_doors (
  account_id INTEGER NOT NULL,
  door_id INTEGER NOT NULL,
  connector TEXT NOT NULL,           -- whose documents come through it: data/connectors/
  name TEXT NOT NULL,
  proof TEXT NOT NULL,               -- header, path or hmac (inbound/doors.h)
  unknown TEXT NOT NULL,             -- what happens to numbers the account does not know: ignore, create
  hash BLOB NOT NULL,                -- keyed hash of the secret; the secret itself is nowhere
  salt BLOB,                         -- hmac: what the secret is derived from, with a key of the key store
  created_at INTEGER NOT NULL,
  removed_at INTEGER,
  last_used_at INTEGER,
  PRIMARY KEY (account_id, door_id)
) STRICT;

CREATE INDEX inbound_doors_by_connector ON inbound_doors (account_id, connector);

-- A document that comes again changes nothing.
CREATE TABLE inbound_seen (
  account_id INTEGER NOT NULL,
  connector TEXT NOT NULL,
  digest BLOB NOT NULL,              -- keyed hash of the whole document
  received_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, connector, digest)
) STRICT;

CREATE INDEX inbound_seen_by_age ON inbound_seen (received_at);

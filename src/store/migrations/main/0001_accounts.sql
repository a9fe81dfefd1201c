-- Who uses this instance, with which keys, and how much they may still create.

CREATE TABLE accounts (
  account_id INTEGER NOT NULL PRIMARY KEY,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  plan TEXT NOT NULL,
  suspended_at INTEGER,
  subject INTEGER NOT NULL,          -- key slot of the account's holder
  email_hash BLOB NOT NULL UNIQUE,   -- keyed hash of the folded address: one account per address
  sealed BLOB                        -- the holder's address
) STRICT;

CREATE TABLE api_keys (
  account_id INTEGER NOT NULL,
  key_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,              -- first characters, to recognise a key in a list; not enough to use it
  hash BLOB NOT NULL UNIQUE,         -- keyed hash of the whole key; the key itself is nowhere
  scopes TEXT NOT NULL,              -- words separated by spaces
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER,
  PRIMARY KEY (account_id, key_id)
) STRICT;

CREATE TABLE quota_cycles (
  account_id INTEGER NOT NULL,
  cycle_start INTEGER NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (account_id, cycle_start)
) STRICT;

-- One row for each operation that opened personal values (docs/architecture.md, personal data). Append-only.
CREATE TABLE access_ledger (
  account_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor_kind INTEGER NOT NULL,
  actor_id INTEGER NOT NULL,
  purpose INTEGER NOT NULL,
  operation TEXT NOT NULL,
  subject INTEGER NOT NULL,          -- 0 when the operation met none or several
  subjects INTEGER NOT NULL,
  fields INTEGER NOT NULL
) STRICT;

CREATE INDEX access_ledger_by_age ON access_ledger (at);

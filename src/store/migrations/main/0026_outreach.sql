-- A shop's lists of people who asked for its news, and what was sent to them.

CREATE TABLE recipient_lists (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  name TEXT NOT NULL,                -- as its readers see it
  made_by INTEGER NOT NULL,          -- the member, who may do everything with it
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT;

-- Each line under a key of its own: the list's keys are destroyed together, a reader's alone.
CREATE TABLE list_entries (
  account_id INTEGER NOT NULL,
  list_id BLOB NOT NULL,
  person BLOB NOT NULL,              -- consent's keyed hash of the address
  subject INTEGER NOT NULL,          -- key slot of this line
  sealed BLOB NOT NULL,              -- the address
  came_by TEXT NOT NULL,             -- "form", "import"
  language TEXT NOT NULL,            -- as the reader reads
  token_hash BLOB,                   -- of the link that confirms; NULL: nothing is to be confirmed
  added_at INTEGER NOT NULL,
  confirmed_at INTEGER,              -- NULL: nobody has said yes so far, and nothing goes there
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, list_id, person)
) STRICT;

CREATE INDEX list_entries_by_person ON list_entries (account_id, person);
CREATE INDEX list_entries_by_token ON list_entries (token_hash) WHERE token_hash IS NOT NULL;
CREATE INDEX list_entries_by_end ON list_entries (expires_at);

CREATE TABLE list_grants (
  account_id INTEGER NOT NULL,
  list_id BLOB NOT NULL,
  member_id INTEGER NOT NULL,
  level INTEGER NOT NULL,            -- outreach/lists.h
  PRIMARY KEY (account_id, list_id, member_id)
) STRICT;

-- Each time somebody read a list, took it away or filled it; what was refused too.
CREATE TABLE list_uses (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  list_id BLOB NOT NULL,
  member_id INTEGER NOT NULL,
  what TEXT NOT NULL,                -- "read", "export", "import", "destroy"; refused: "export refused"
  statement TEXT NOT NULL,           -- of an import: by which right, in the member's words
  entries INTEGER NOT NULL,
  at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE INDEX list_uses_by_list ON list_uses (account_id, list_id, at);
CREATE INDEX list_uses_by_end ON list_uses (expires_at);

CREATE TABLE promotions (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  list_id BLOB NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  made_by INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE INDEX promotions_by_list ON promotions (account_id, list_id, queued_at);
CREATE INDEX promotions_by_end ON promotions (expires_at);

-- To whom, as a hash, and what became of it: the archive of what was sent to whom.
CREATE TABLE promotion_sends (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  promotion_id BLOB NOT NULL,
  person BLOB NOT NULL,
  outcome TEXT NOT NULL,             -- "waiting", "sent", "refused", or why it was not: outreach/promotions.h
  attempts INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  settled_at INTEGER,
  due_at INTEGER,
  lease_owner TEXT,
  lease_until INTEGER,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE UNIQUE INDEX promotion_sends_once ON promotion_sends (account_id, promotion_id, person);
CREATE INDEX promotion_sends_by_due ON promotion_sends (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX promotion_sends_by_person ON promotion_sends (account_id, person);
CREATE INDEX promotion_sends_by_end ON promotion_sends (expires_at);

-- Letters that the service itself owes somebody: confirmations, resets, invitations, answers to requests. Written in the
-- transaction that makes them necessary, sent by notify, and gone with their key when they are.

CREATE TABLE letters (
  account_id INTEGER NOT NULL,       -- 0: the instance's own
  id BLOB NOT NULL,
  kind TEXT NOT NULL,                -- letters/letters.h
  language TEXT NOT NULL,
  subject INTEGER NOT NULL,          -- key slot of this letter alone
  sealed BLOB NOT NULL,              -- to whom, and the values of the letter
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,       -- afterwards it would only confuse
  due_at INTEGER,                    -- NULL: nothing left to do
  attempts INTEGER NOT NULL,
  lease_owner TEXT,
  lease_until INTEGER,
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE INDEX letters_by_due ON letters (due_at) WHERE due_at IS NOT NULL;

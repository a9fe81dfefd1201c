-- Legal holds, and what they keep: the claims store (rights/registers/). Nothing here is read by any other part of the
-- program: its purposes are Claims and Rights alone.

CREATE TABLE legal_holds (
  account_id INTEGER NOT NULL,       -- whose data it is about: the shop's, or 0 for the instance's own
  id BLOB NOT NULL,
  about INTEGER NOT NULL,            -- rights/registers/holds.h
  ground INTEGER NOT NULL,
  fields TEXT NOT NULL,              -- "shipments.customer_name shipments.order_number"
  jurisdiction TEXT NOT NULL,        -- two letters
  held_rows INTEGER NOT NULL,
  address_hash BLOB,                 -- whose values they are; NULL when nobody's address is known, and once it ended
  subject INTEGER NOT NULL,          -- the hold's own key; 0 once it ended
  sealed BLOB,                       -- who answers for it, and why
  created_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL CHECK (ends_at > created_at),
  ended_at INTEGER,
  ended_why INTEGER,
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE INDEX legal_holds_by_address ON legal_holds (account_id, address_hash) WHERE address_hash IS NOT NULL;
CREATE INDEX legal_holds_by_end ON legal_holds (ends_at) WHERE ended_at IS NULL;

-- Copies of the named values, one row for each row they were in, under the hold's key: what happens to the original
-- (an erasure, the 180 days, the shop's own deletion) neither asks them nor touches them.
CREATE TABLE claims (
  account_id INTEGER NOT NULL,
  hold_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  address_hash BLOB,
  subject INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (account_id, hold_id, number)
) STRICT;

CREATE INDEX claims_by_address ON claims (account_id, address_hash) WHERE address_hash IS NOT NULL;

-- Requests of authorities and claimants to see somebody's data (rights/registers/legal_requests.h).
CREATE TABLE legal_requests (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  ground INTEGER NOT NULL,
  state INTEGER NOT NULL,
  jurisdiction TEXT NOT NULL,
  recipient INTEGER NOT NULL,        -- inside the house, a claimant, an authority
  asked TEXT NOT NULL,               -- fields, as they were asked for
  granted TEXT NOT NULL,             -- fields that went: never more
  address_hash BLOB,
  subject INTEGER NOT NULL,
  sealed BLOB,                       -- requester, instrument, legal text, reason
  received_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,           -- when the instrument's force or the requester's time ends
  authentic_at INTEGER,              -- somebody checked that it is what it says
  first_reviewer INTEGER,
  first_review_at INTEGER,
  second_reviewer INTEGER,
  second_review_at INTEGER,
  second_review_due_at INTEGER,
  incident_at INTEGER,               -- the second review did not come in time
  hold_id BLOB,                      -- where the values are kept until it is answered
  notice INTEGER,                    -- is the person told?
  notice_due_at INTEGER,
  noticed_at INTEGER,
  outcome INTEGER,
  answered_at INTEGER,
  digest BLOB,                       -- SHA-256 of the bundle that went
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE INDEX legal_requests_by_address ON legal_requests (account_id, address_hash) WHERE address_hash IS NOT NULL;
CREATE INDEX legal_requests_by_notice ON legal_requests (notice_due_at) WHERE noticed_at IS NULL;

-- Which changes of teams stand in the audit log already (rights/registers/member_audit.h).
CREATE TABLE audit_carried (
  account_id INTEGER NOT NULL,
  event_id BLOB NOT NULL,
  carried_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, event_id)
) STRICT;

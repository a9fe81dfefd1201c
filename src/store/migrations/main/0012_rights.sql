-- The rights desk: what people asked about their data, what was done, and what may not come back.

-- A person's shipments are found by what they are written to at. Keyed hashes of the folded address, as sealed values
-- cannot be searched.
ALTER TABLE shipments ADD COLUMN email_hash BLOB;
ALTER TABLE shipments ADD COLUMN sms_hash BLOB;
CREATE INDEX shipments_by_email ON shipments (account_id, email_hash) WHERE email_hash IS NOT NULL;
CREATE INDEX shipments_by_sms ON shipments (account_id, sms_hash) WHERE sms_hash IS NOT NULL;

-- What was erased and may not come back by an import. The key store has the same table, which no backup of this one
-- undoes (rights/tombstones.h).
CREATE TABLE erased (
  account_id INTEGER NOT NULL,
  kind INTEGER NOT NULL,             -- shipments/erased.h
  digest BLOB NOT NULL,              -- keyed hash of what was erased
  erased_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, kind, digest)
) STRICT;

-- Links in letters, and the visits they open.
CREATE TABLE rights_visits (
  account_id INTEGER NOT NULL,       -- 0: they belong to the instance
  hash BLOB NOT NULL,                -- keyed hash of the token; the token itself is nowhere
  stage INTEGER NOT NULL,            -- rights/visits.h
  subject INTEGER NOT NULL,
  sealed BLOB NOT NULL,              -- the address that was proven, or is to be
  address_hash BLOB NOT NULL,
  language TEXT NOT NULL,
  about_account INTEGER,             -- the shipment whose page it began at
  about_shipment BLOB,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  PRIMARY KEY (account_id, hash)
) STRICT;

CREATE INDEX rights_visits_by_address ON rights_visits (account_id, address_hash, created_at);
CREATE INDEX rights_visits_by_end ON rights_visits (expires_at);

CREATE TABLE rights_cases (
  account_id INTEGER NOT NULL,       -- the controller; 0: the instance's own operator
  id BLOB NOT NULL,
  kind INTEGER NOT NULL,             -- rights/case.h
  state INTEGER NOT NULL,
  door INTEGER NOT NULL,
  language TEXT NOT NULL,
  country TEXT NOT NULL,             -- whose calendar and authority
  received_at INTEGER NOT NULL,
  due_on INTEGER NOT NULL,           -- days since 1970-01-01
  extended_at INTEGER,
  outcome INTEGER,
  closed_at INTEGER,
  letter_id BLOB,                    -- nothing closes without a letter
  alarmed_on INTEGER,                -- the last day on which somebody was told that it is late
  shipment_id BLOB,                  -- when it is about one shipment only
  subject INTEGER NOT NULL,          -- key slot of this case; 0 when the person in it was forgotten
  address_hash BLOB,
  sealed BLOB,                       -- who asked, in which words, and what was answered
  forget_at INTEGER NOT NULL,        -- the person in it
  expires_at INTEGER NOT NULL,       -- the rest
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE INDEX rights_cases_by_due ON rights_cases (due_on) WHERE closed_at IS NULL;
CREATE INDEX rights_cases_by_address ON rights_cases (account_id, address_hash) WHERE address_hash IS NOT NULL;

CREATE TABLE rights_steps (
  account_id INTEGER NOT NULL,
  case_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  what INTEGER NOT NULL,             -- rights/case.h
  actor_kind INTEGER NOT NULL,
  actor_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, case_id, number),
  FOREIGN KEY (account_id, case_id) REFERENCES rights_cases (account_id, id) ON DELETE CASCADE
) STRICT;

-- What was corrected: both values, until the shipment goes.
CREATE TABLE rights_corrections (
  account_id INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  field INTEGER NOT NULL,            -- the sealed field's id
  at INTEGER NOT NULL,
  actor_kind INTEGER NOT NULL,
  actor_id INTEGER NOT NULL,
  sealed BLOB NOT NULL,              -- before and after
  PRIMARY KEY (account_id, shipment_id, number),
  FOREIGN KEY (account_id, shipment_id) REFERENCES shipments (account_id, id) ON DELETE CASCADE
) STRICT;

-- What those who got a person's data before are to be told (Art. 19). No personal data: the receiver knows the shipment.
CREATE TABLE rights_events (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  kind INTEGER NOT NULL,             -- rights/propagation.h
  shipment_id BLOB NOT NULL,
  case_id BLOB NOT NULL,
  field INTEGER NOT NULL,            -- 0: all of them
  created_at INTEGER NOT NULL,
  due_at INTEGER,                    -- NULL: told
  attempts INTEGER NOT NULL,
  lease_owner TEXT,
  lease_until INTEGER,
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE INDEX rights_events_by_due ON rights_events (due_at) WHERE due_at IS NOT NULL;

-- Decisions that a program prepared and a human has to take (Art. 22).
CREATE TABLE rights_decisions (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  rule TEXT NOT NULL,                -- data/rights/rules.tsv
  subject INTEGER NOT NULL,
  sealed BLOB NOT NULL,              -- the explanation
  made_at INTEGER NOT NULL,
  decided_at INTEGER,
  decided_by INTEGER,                -- the member
  verdict INTEGER,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT;

-- Each day, for each class of retention: how old the oldest living row is.
CREATE TABLE retention_proofs (
  day INTEGER NOT NULL,              -- days since 1970-01-01
  retention TEXT NOT NULL,
  oldest_at INTEGER,                 -- NULL: there is no row
  most_days INTEGER NOT NULL,
  is_kept INTEGER NOT NULL,
  PRIMARY KEY (day, retention)
) STRICT;

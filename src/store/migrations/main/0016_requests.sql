-- The other doors of the rights desk.

-- Invitations by which another service sends somebody's data straight into an account (rights/transfer.h). Nobody is named.
CREATE TABLE rights_transfers (
  account_id INTEGER NOT NULL,       -- where the data goes
  hash BLOB NOT NULL,                -- keyed hash of the token; the token itself is nowhere
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  sender TEXT,                       -- fingerprint of the key that signed the first part
  digest TEXT,                       -- of all parts, as the first one announced it
  part_count INTEGER NOT NULL,
  parts INTEGER NOT NULL,            -- received so far
  stored INTEGER NOT NULL,
  known INTEGER NOT NULL,
  PRIMARY KEY (account_id, hash)
) STRICT;

CREATE UNIQUE INDEX rights_transfers_by_hash ON rights_transfers (hash);

-- A request that came by mail waits until somebody has followed the link that went to its address.
ALTER TABLE rights_cases ADD COLUMN unproven_since INTEGER;

-- Restrictions that end, after the person was told (Art. 18(3)).
CREATE TABLE rights_lifts (
  account_id INTEGER NOT NULL,
  subject INTEGER NOT NULL,          -- key slot
  shipment_id BLOB NOT NULL,
  told_at INTEGER NOT NULL,
  lift_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, subject)
) STRICT;

-- What people ask about their parcels. A question leads to its parcel by reference and copies nothing of it; it has a key of
-- its own, which is destroyed on its day, and goes with the parcel if that goes first.

CREATE TABLE tickets (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  shipment_id BLOB NOT NULL,
  about TEXT NOT NULL,               -- support/tickets.h
  state INTEGER NOT NULL,
  language TEXT NOT NULL,
  subject INTEGER NOT NULL,          -- key slot of this question alone
  sealed BLOB NOT NULL,              -- where the answer goes
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT;
CREATE INDEX tickets_by_shipment ON tickets (account_id, shipment_id);
CREATE INDEX tickets_by_end ON tickets (expires_at);

CREATE TABLE ticket_messages (
  account_id INTEGER NOT NULL,
  ticket_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  from_shop INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, ticket_id, number)
) STRICT;
CREATE INDEX ticket_messages_by_shipment ON ticket_messages (account_id, shipment_id);

CREATE TABLE ticket_files (
  account_id INTEGER NOT NULL,
  ticket_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  kind TEXT NOT NULL,                -- "image/png", as its first bytes say
  bytes INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, ticket_id, number)
) STRICT;
CREATE INDEX ticket_files_by_shipment ON ticket_files (account_id, shipment_id);

-- Who of the shop looked at a parcel's personal data to answer a question, when and why: for the person it is about.
CREATE TABLE support_looks (
  account_id INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  ticket_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  member INTEGER NOT NULL,           -- number of the person who looked
  reason TEXT NOT NULL,              -- what the question is about
  at INTEGER NOT NULL,
  PRIMARY KEY (account_id, shipment_id, ticket_id, number)
) STRICT;

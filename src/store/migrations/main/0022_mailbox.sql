-- Linked mailboxes (src/mailbox/): whose, how they are read, how far. The credentials are sealed under a key that belongs to the link
-- alone; unlinking destroys it with these rows and with the shipments that only this link brought.

CREATE TABLE mailbox_links (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  person_id INTEGER NOT NULL,        -- who linked it; 0: the operator, on the command line
  kind TEXT NOT NULL,                -- connector.h
  subject INTEGER NOT NULL,          -- a key of its own
  sealed BLOB NOT NULL,              -- address, server, credentials
  address_hash BLOB NOT NULL,        -- keyed: a mailbox is linked once in an account
  consent BLOB NOT NULL,             -- consents.id: the words it rests on
  linked_at INTEGER NOT NULL,
  state TEXT NOT NULL,               -- links.h: working, ended, unlinking
  trouble TEXT NOT NULL,             -- connector.h: why it could not be read; empty: it could
  failures INTEGER NOT NULL,         -- in a row
  position TEXT NOT NULL,            -- where reading goes on; in the words of its kind
  last_used_at INTEGER,
  heads_seen INTEGER NOT NULL,       -- messages of which sender, subject and date were looked at
  messages_opened INTEGER NOT NULL,
  parcels_found INTEGER NOT NULL,
  due_at INTEGER,
  lease_owner TEXT,
  lease_until INTEGER,
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE UNIQUE INDEX mailbox_links_by_address ON mailbox_links (account_id, address_hash);
CREATE INDEX mailbox_links_by_due ON mailbox_links (due_at);

-- What a link brought: which shipment, and what its message said beside the number.
CREATE TABLE mailbox_finds (
  account_id INTEGER NOT NULL,
  link_id BLOB NOT NULL,
  shipment_id BLOB NOT NULL,
  sealed BLOB,                       -- the sender's domain, under the shipment's key; NULL: it has none
  sent_on TEXT NOT NULL,             -- the day of the message, "2026-03-20"
  is_maker INTEGER NOT NULL,         -- the shipment was not known before: it goes with the link
  found_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, link_id, shipment_id),
  FOREIGN KEY (account_id, shipment_id) REFERENCES shipments (account_id, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX mailbox_finds_by_shipment ON mailbox_finds (account_id, shipment_id);

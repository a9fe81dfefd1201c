-- What people have said: what they want to be told and how, what they never want again, what they agreed to. People are
-- known here by a keyed hash of their address only (consent/person.h), so that what somebody said holds for every
-- shipment, also after the address came back with an import, while the address itself is nowhere in these tables.

-- What a shop tells by default, one row a channel: "delivered=on exception=offered ..." (consent/matrix.h).
CREATE TABLE account_choices (
  account_id INTEGER NOT NULL,
  channel TEXT NOT NULL,
  cells TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, channel)
) STRICT;

-- What it tells otherwise about one shipment.
CREATE TABLE shipment_choices (
  account_id INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  channel TEXT NOT NULL,
  cells TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, shipment_id, channel),
  FOREIGN KEY (account_id, shipment_id) REFERENCES shipments (account_id, id) ON DELETE CASCADE
) STRICT;

-- What a person wants.
CREATE TABLE person_choices (
  account_id INTEGER NOT NULL,
  person BLOB NOT NULL,              -- 16 bytes, a keyed hash
  channel TEXT NOT NULL,
  cells TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, person, channel)
) STRICT;

CREATE TABLE preferences (
  account_id INTEGER NOT NULL,
  person BLOB NOT NULL,
  language TEXT,                     -- NULL: the shop's
  zone TEXT,                         -- IANA name; NULL: where the parcel goes
  quiet_from INTEGER,                -- minutes after midnight; NULL: no quiet hours
  quiet_until INTEGER,
  digest INTEGER NOT NULL,           -- 0 unsaid, 1 once a day, 2 at once
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, person)
) STRICT;

-- Nothing goes to these, whatever else is said.
CREATE TABLE suppressions (
  account_id INTEGER NOT NULL,
  person BLOB NOT NULL,
  channel TEXT NOT NULL,             -- empty: every one
  reason TEXT NOT NULL,              -- consent/suppression.h
  since INTEGER NOT NULL,
  until INTEGER,                     -- NULL: until it is taken back
  PRIMARY KEY (account_id, person, channel)
) STRICT;

-- The texts that people have answered to, exactly as they were shown.
CREATE TABLE notices (
  account_id INTEGER NOT NULL,
  hash BLOB NOT NULL,                -- SHA-256 of the text
  text TEXT NOT NULL,
  first_shown_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, hash)
) STRICT;

-- What was agreed to, withdrawn and objected to. Append-only, with two times: when it was said and when we learnt it.
CREATE TABLE consents (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  person BLOB NOT NULL,
  purpose TEXT NOT NULL,
  act TEXT NOT NULL,                 -- consent/records.h
  how TEXT NOT NULL,
  notice BLOB,                       -- notices.hash; NULL: there was none to answer to
  language TEXT NOT NULL,            -- of the notice, as it was shown; empty without one
  version TEXT NOT NULL,
  said_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  against BLOB,                      -- the consent that a browser's signal contradicts
  receipt TEXT NOT NULL,             -- signed; empty when the instance has no key
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE INDEX consents_by_person ON consents (account_id, person, purpose);

-- The instance's own keys by name: what signs receipts. Sealed like a person's values, under a subject of account 0.
CREATE TABLE instance_keys (
  account_id INTEGER NOT NULL,       -- 0
  name TEXT NOT NULL,
  subject INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, name)
) STRICT;

-- Whose values stay shut for everything but rights and claims (GDPR Art. 18; personal/restrictions.h).
CREATE TABLE restrictions (
  account_id INTEGER NOT NULL,
  subject INTEGER NOT NULL,          -- key slot
  reason TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (account_id, subject)
) STRICT;

-- ---- Who is told (src/notify/people)

ALTER TABLE shipments ADD COLUMN reach INTEGER NOT NULL DEFAULT 3;   -- which addresses the sealed body holds: 1 e-mail, 2 telephone
ALTER TABLE shipments ADD COLUMN estimate TEXT;                      -- the day on which it should arrive

-- How an account speaks to people: who signs, and what it looks like.
CREATE TABLE voices (
  account_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  postal_address TEXT NOT NULL,
  contact TEXT NOT NULL,
  colour TEXT NOT NULL,
  logo TEXT NOT NULL,                -- a data: URL; empty: the name stands alone
  language TEXT NOT NULL,            -- of messages to people of whom no language is known
  still_days INTEGER NOT NULL,       -- so long without news is news itself; 0: never
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (account_id)
) STRICT;

-- Who else is told about a shipment, beside the customer named in it. Each under a key of their own: one can be
-- forgotten and the other not. Rows whose shipment is gone are swept with their keys (notify/people/recipients.h).
CREATE TABLE recipients (
  account_id INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  number INTEGER NOT NULL,           -- from 1, per shipment
  role TEXT NOT NULL,                -- "buyer", "receiver", "neighbour" ...
  reach INTEGER NOT NULL,            -- 1 e-mail, 2 telephone, 4 web push
  language TEXT NOT NULL,
  zone TEXT NOT NULL,
  subject INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, shipment_id, number)
) STRICT;

-- Where an account itself is told: its chat rooms and homes.
CREATE TABLE receivers (
  account_id INTEGER NOT NULL,
  number INTEGER NOT NULL,           -- from 1, per account
  channel TEXT NOT NULL,
  description TEXT NOT NULL,
  language TEXT NOT NULL,
  subject INTEGER NOT NULL,
  sealed BLOB NOT NULL,              -- address and secret
  created_at INTEGER NOT NULL,
  disabled_at INTEGER,               -- the other side said that it is gone
  PRIMARY KEY (account_id, number)
) STRICT;

-- Who has read in a first message who gave their address, why, and how to object (GDPR Art. 14).
CREATE TABLE informed (
  account_id INTEGER NOT NULL,
  person BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account_id, person)
) STRICT;

CREATE INDEX informed_by_age ON informed (at);

-- To whom a message went, so that a bounce, a complaint or STOP finds the address it is about. Thirty days.
CREATE TABLE sent (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,                  -- of the delivery
  channel TEXT NOT NULL,
  person BLOB NOT NULL,              -- a keyed hash of the address
  at INTEGER NOT NULL,
  bounced_at INTEGER,                -- softly
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE INDEX sent_by_id ON sent (id);
CREATE INDEX sent_by_age ON sent (at);

-- Who was given something of a person's to carry it to them: the person's own list (GDPR Art. 15(1)(c)).
CREATE TABLE disclosures (
  account_id INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  subject INTEGER NOT NULL,
  kind TEXT NOT NULL,                -- "mail relay", "sms provider", "push service", "chat"
  name TEXT NOT NULL,                -- the host it went to
  fields TEXT NOT NULL,              -- ids of the dictionary, separated by spaces
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (account_id, shipment_id, subject, kind, name),
  FOREIGN KEY (account_id, shipment_id) REFERENCES shipments (account_id, id) ON DELETE CASCADE
) STRICT;

-- What was told by the clock rather than by news, so that it is told once.
CREATE TABLE noticed (
  account_id INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  occasion TEXT NOT NULL,            -- "no_movement", "delayed"
  about TEXT NOT NULL,               -- since which event; past which day
  at INTEGER NOT NULL,
  PRIMARY KEY (account_id, shipment_id, occasion),
  FOREIGN KEY (account_id, shipment_id) REFERENCES shipments (account_id, id) ON DELETE CASCADE
) STRICT;

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
  digest INTEGER NOT NULL,           -- 0 at once, 1 once a day
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

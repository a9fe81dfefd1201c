-- What a shop says about single recipients, in whose words its messages are, several parcels in one mail, and what SMS cost.

-- What is told otherwise to one recipient of a shipment (0: the customer named in it; others: recipients.number). A
-- person's own word stands above it.
CREATE TABLE recipient_choices (
  account_id INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  channel TEXT NOT NULL,
  cells TEXT NOT NULL,               -- consent/matrix.h
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, shipment_id, number, channel),
  FOREIGN KEY (account_id, shipment_id) REFERENCES shipments (account_id, id) ON DELETE CASCADE
) STRICT;

-- When and how often, unless the person said otherwise: for all of an account, and for one recipient.
CREATE TABLE account_manners (
  account_id INTEGER NOT NULL,
  quiet_from INTEGER,                -- minutes after midnight of the recipient's clock; NULL: no quiet hours
  quiet_until INTEGER,
  pace INTEGER NOT NULL,             -- consent/preferences.h
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (account_id)
) STRICT;

CREATE TABLE recipient_manners (
  account_id INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  quiet_from INTEGER,
  quiet_until INTEGER,
  pace INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, shipment_id, number),
  FOREIGN KEY (account_id, shipment_id) REFERENCES shipments (account_id, id) ON DELETE CASCADE
) STRICT;

-- A shop's own words for one occasion in one language, every edition of them; the newest is in force.
CREATE TABLE message_templates (
  account_id INTEGER NOT NULL,
  occasion TEXT NOT NULL,            -- journey/trigger.h
  language TEXT NOT NULL,
  version INTEGER NOT NULL,          -- from 1
  is_withdrawn INTEGER NOT NULL,     -- the house's words again
  subject TEXT NOT NULL,             -- the blocks of messages/template.h; empty: the house's words
  intro TEXT NOT NULL,
  extra TEXT NOT NULL,
  footer TEXT NOT NULL,
  sms TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, occasion, language, version)
) STRICT;

-- What waits for somebody's one mail a day.
CREATE TABLE digest_items (
  account_id INTEGER NOT NULL,
  person BLOB NOT NULL,              -- a keyed hash of the address
  due_at INTEGER NOT NULL,           -- when that mail goes
  shipment_id BLOB NOT NULL,
  receiver BLOB NOT NULL,            -- as in deliveries
  version INTEGER NOT NULL,
  occasion TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, person, due_at, shipment_id, receiver, version, occasion),
  FOREIGN KEY (account_id, shipment_id) REFERENCES shipments (account_id, id) ON DELETE CASCADE
) STRICT;

-- What an account spends on SMS, by the day (UTC): what its caps are held against.
CREATE TABLE sms_spent (
  account_id INTEGER NOT NULL,
  day INTEGER NOT NULL,              -- since 1970-01-01
  messages INTEGER NOT NULL,
  segments INTEGER NOT NULL,
  money INTEGER NOT NULL,            -- millionths of the operator's currency
  PRIMARY KEY (account_id, day)
) STRICT;

ALTER TABLE sent ADD COLUMN segments INTEGER;  -- of an SMS that is counted in sms_spent
ALTER TABLE sent ADD COLUMN money INTEGER;
ALTER TABLE sent ADD COLUMN words INTEGER;     -- edition of the shop's own words; NULL: the house's

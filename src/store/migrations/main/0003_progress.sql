-- How shipments move: what was learnt and when, what is to be told, what the carriers' answers said, and when to ask
-- again. What belongs to a shipment goes with it: ON DELETE CASCADE, so that nobody has to remember these tables.

ALTER TABLE shipments ADD COLUMN version INTEGER NOT NULL DEFAULT 0;     -- rises with every change: who read an older one decides again
ALTER TABLE shipments ADD COLUMN last_event INTEGER NOT NULL DEFAULT 0;  -- number of its newest event
ALTER TABLE shipments ADD COLUMN true_status INTEGER;                    -- while it is expired: what it was before the silence
ALTER TABLE shipments ADD COLUMN true_substatus INTEGER;
-- Its events in the order in which they were learnt, packed (shipments/packed_events.h): an update rewrites this row
-- anyway, so they cost no row and no page of their own. The words and places stay in the sealed journey.
ALTER TABLE shipments ADD COLUMN events BLOB;
ALTER TABLE shipments ADD COLUMN learnt_at INTEGER;                      -- when the newest of them was learnt

-- What webhooks and messages will be made from; claimed by leases.
CREATE TABLE outbox (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,                  -- the shipment's 16 bytes, its version (8, big end first), the kind: the same change cannot be told twice
  kind INTEGER NOT NULL,             -- shipments/events.h
  status_before INTEGER NOT NULL,
  substatus_before INTEGER NOT NULL,
  status INTEGER NOT NULL,
  substatus INTEGER NOT NULL,
  event INTEGER NOT NULL,            -- the newest event it tells of
  created_at INTEGER NOT NULL,
  due_at INTEGER,                    -- NULL: told
  attempts INTEGER NOT NULL,
  lease_owner TEXT,
  lease_until INTEGER,
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE INDEX outbox_by_due ON outbox (due_at) WHERE due_at IS NOT NULL;

-- The carriers' answers as they came, compressed and sealed under the shipment's subject, for a short time: what was
-- not understood can be read again by a program that knows more.
CREATE TABLE answers (
  account_id INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  source TEXT NOT NULL,
  slot INTEGER NOT NULL,             -- 0: the newest polled answer, which holds the whole history; else when it was heard
  heard_at INTEGER NOT NULL,
  mouth INTEGER NOT NULL,
  kept_until INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (account_id, shipment_id, source, slot),
  FOREIGN KEY (account_id, shipment_id) REFERENCES shipments (account_id, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX answers_by_end ON answers (kept_until);

-- Who was told the shipment's number.
CREATE TABLE told (
  account_id INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  connector TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (account_id, shipment_id, connector),
  FOREIGN KEY (account_id, shipment_id) REFERENCES shipments (account_id, id) ON DELETE CASCADE
) STRICT;

-- When to ask again, one row a shipment; claimed by leases.
CREATE TABLE polls (
  account_id INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  connector TEXT NOT NULL,           -- whom; empty: nobody serves the courier
  due_at INTEGER,                    -- NULL: never again
  lease_owner TEXT,
  lease_until INTEGER,
  created_at INTEGER NOT NULL,       -- of the shipment, or when it was tracked anew
  asked_at INTEGER,                  -- the last call that was answered
  newest_at INTEGER,                 -- the newest event that is known
  changed_at INTEGER,                -- when something new was learnt last
  picked_up_at INTEGER,
  stage INTEGER NOT NULL,            -- polling/policy.h
  offset_minutes INTEGER NOT NULL,   -- of local time where the parcel goes
  not_found INTEGER NOT NULL,        -- answers in a row that did not know the number
  failures INTEGER NOT NULL,         -- calls in a row that failed
  checks INTEGER NOT NULL,           -- calls since it was finished
  pushed_at INTEGER,                 -- when the carrier told of it by itself
  watched_until INTEGER,             -- somebody looks at it
  weight REAL NOT NULL,              -- what an hour of delay costs now: decides who goes first
  PRIMARY KEY (account_id, shipment_id),
  FOREIGN KEY (account_id, shipment_id) REFERENCES shipments (account_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX polls_by_due ON polls (connector, due_at) WHERE due_at IS NOT NULL;

-- What was on its way before there were connectors is asked about at the next opportunity.
INSERT INTO polls (account_id, shipment_id, connector, due_at, created_at, stage, offset_minutes, not_found, failures,
                   checks, weight)
SELECT account_id, id, '', created_at, created_at, 0, 0, 0, 0, 0, 0 FROM shipments
WHERE status <> 6 AND status <> 8;

-- How often a connector is asked: the price of a call, and the rates learnt from its own history.
CREATE TABLE paces (
  connector TEXT NOT NULL PRIMARY KEY,
  price REAL NOT NULL,
  priced_at INTEGER NOT NULL,
  rates TEXT NOT NULL,               -- empty: the defaults
  fitted_at INTEGER NOT NULL
) STRICT;

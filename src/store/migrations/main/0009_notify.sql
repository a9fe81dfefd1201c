-- Who is told what: news, deliveries, the lanes they wait in, what became of them, and webhooks.

-- The outbox again, in the order of time: at the end of the one tree that it is now, where a row costs the least. What
-- stood in the old one was waiting for a program that did not exist yet; telling it now would be telling it too late.
DROP TABLE outbox;
CREATE TABLE outbox (
  account_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  version INTEGER NOT NULL,          -- of the shipment, before the change
  kind INTEGER NOT NULL,             -- shipments/events.h
  status_before INTEGER NOT NULL,
  substatus_before INTEGER NOT NULL,
  status INTEGER NOT NULL,
  substatus INTEGER NOT NULL,
  event INTEGER NOT NULL,            -- the newest event it tells of
  PRIMARY KEY (account_id, created_at, shipment_id, version, kind)
) STRICT, WITHOUT ROWID;

-- What waits to be delivered, and nothing else: a row goes when it was delivered, given up or has become pointless.
CREATE TABLE deliveries (
  account_id INTEGER NOT NULL,
  channel TEXT NOT NULL,             -- channels/channel.h
  lane INTEGER NOT NULL,             -- a webhook's id; other channels: as their planner says
  shipment_id BLOB NOT NULL,
  receiver BLOB NOT NULL,            -- within the lane; never an address
  version INTEGER NOT NULL,          -- the order within shipment and receiver
  occasion TEXT NOT NULL,
  id BLOB NOT NULL,                  -- 16 bytes made of all that stands above: the same however often it is planned
  created_at INTEGER NOT NULL,       -- when it happened
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  code TEXT,                         -- how the last attempt ended
  is_replay INTEGER NOT NULL,
  PRIMARY KEY (account_id, channel, lane, shipment_id, receiver, version, occasion)
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_by_due ON deliveries (account_id, channel, lane, due_at);

-- Claimed by leases: who holds the lane makes its deliveries. Also its circuit breaker.
CREATE TABLE lanes (
  account_id INTEGER NOT NULL,
  channel TEXT NOT NULL,
  lane INTEGER NOT NULL,
  due_at INTEGER,                    -- NULL: nothing waits
  lease_owner TEXT,
  lease_until INTEGER,
  paused_at INTEGER,                 -- by hand: deliveries gather
  failures INTEGER NOT NULL,         -- in a row
  failing_since INTEGER,
  open_until INTEGER,                -- nothing is attempted before
  succeeded_at INTEGER,
  code TEXT,                         -- how the last attempt ended
  PRIMARY KEY (account_id, channel, lane)
) STRICT, WITHOUT ROWID;

CREATE INDEX lanes_by_due ON lanes (due_at) WHERE due_at IS NOT NULL;

-- What became of deliveries, for 30 days. No address and no word of what was said.
CREATE TABLE delivery_log (
  account_id INTEGER NOT NULL,
  settled_at INTEGER NOT NULL,
  id BLOB NOT NULL,
  channel TEXT NOT NULL,
  lane INTEGER NOT NULL,
  shipment_id BLOB NOT NULL,
  receiver BLOB NOT NULL,
  version INTEGER NOT NULL,
  occasion TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  outcome INTEGER NOT NULL,          -- notify/log.h
  code TEXT NOT NULL,
  took INTEGER NOT NULL,             -- the last attempt, microseconds
  PRIMARY KEY (account_id, settled_at, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_log_dead ON delivery_log (account_id, channel, lane, settled_at) WHERE outcome = 1;

CREATE TABLE webhooks (
  account_id INTEGER NOT NULL,
  webhook_id INTEGER NOT NULL,       -- from 1, per account; never used again
  url TEXT NOT NULL,
  description TEXT NOT NULL,
  version INTEGER NOT NULL,          -- of the body: 4, 3 or 2
  statuses INTEGER NOT NULL,         -- bits by journey/status.h; 0: all
  subject INTEGER NOT NULL,          -- key slot of its secrets
  sealed BLOB NOT NULL,              -- the secret, and while it is being changed the one before
  overlap_until INTEGER,             -- until when both secrets sign
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  disabled_at INTEGER,
  disabled_code TEXT,                -- why: the last outcome, or "by hand"
  PRIMARY KEY (account_id, webhook_id)
) STRICT;

-- How each connector does, a row a day: what the coverage table and the health page are made from. Nothing about
-- parcels or people: counts only.

CREATE TABLE carrier_health (
  carrier TEXT NOT NULL,             -- the connector's id
  day INTEGER NOT NULL,              -- days since 1970-01-01, UTC
  answered INTEGER NOT NULL,         -- questions that got an answer about the parcel
  not_found INTEGER NOT NULL,
  invalid_number INTEGER NOT NULL,
  auth INTEGER NOT NULL,
  rate_limited INTEGER NOT NULL,
  server INTEGER NOT NULL,
  bad_request INTEGER NOT NULL,
  drift INTEGER NOT NULL,            -- parsed, but maps to nothing
  unreadable INTEGER NOT NULL,
  unreached INTEGER NOT NULL,        -- no connection, no TLS, no answer in time
  took_us INTEGER NOT NULL,          -- of all answers together
  events INTEGER NOT NULL,           -- new ones
  unknown_events INTEGER NOT NULL,   -- of them, not understood
  quarantined INTEGER NOT NULL,
  late_15m INTEGER NOT NULL,         -- new events that we learnt of within fifteen minutes of their own time
  late_1h INTEGER NOT NULL,
  late_3h INTEGER NOT NULL,
  late_6h INTEGER NOT NULL,
  late_12h INTEGER NOT NULL,
  late_24h INTEGER NOT NULL,
  late_more INTEGER NOT NULL,
  last_success_at INTEGER,
  last_failure_at INTEGER,
  last_failure TEXT,                 -- its class: "auth"
  PRIMARY KEY (carrier, day)
) STRICT;

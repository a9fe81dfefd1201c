-- A shipment is a head that can be searched and scheduled by, and a sealed body: people, free text, and the journey in
-- the carrier's own words (a scan's text can name who signed).

CREATE TABLE shipments (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,                  -- 16 bytes; 32 hexadecimal digits in the API
  tracking_number TEXT NOT NULL,     -- trimmed, capitals
  courier_code TEXT NOT NULL,
  status INTEGER NOT NULL,           -- shipments/status.h
  substatus INTEGER NOT NULL,        -- its number, 0 when there is none
  archived INTEGER NOT NULL,
  source INTEGER NOT NULL,           -- which mouth it came through
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,       -- at most 180 days after created_at; set by the repository, not by callers
  subject INTEGER NOT NULL,          -- key slot of the consignee; 0 when nothing is sealed
  order_number TEXT,
  order_id TEXT,
  order_date TEXT,
  origin_country TEXT,
  destination_country TEXT,
  logistics_channel TEXT,
  label TEXT,
  language TEXT,
  tracking_ship_date TEXT,
  tracking_origin_country TEXT,
  tracking_destination_country TEXT,
  auto_correct INTEGER NOT NULL,
  sealed BLOB,
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE UNIQUE INDEX shipments_by_number ON shipments (account_id, tracking_number, courier_code);
CREATE INDEX shipments_by_age ON shipments (account_id, created_at);
CREATE INDEX shipments_by_order ON shipments (account_id, order_number) WHERE order_number IS NOT NULL;

CREATE TABLE air_waybills (
  account_id INTEGER NOT NULL,
  awb_number TEXT NOT NULL,          -- eleven digits
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  document TEXT NOT NULL,            -- flights and scans as last known: JSON
  PRIMARY KEY (account_id, awb_number)
) STRICT;

-- What carriers answered, by the hour: what the alarms of the last day are made from. Two days are kept; the table of
-- days (0005) has the rest.

CREATE TABLE carrier_hours (
  carrier TEXT NOT NULL,             -- the connector's id
  hour INTEGER NOT NULL,             -- hours since 1970-01-01, UTC
  heard TEXT NOT NULL,               -- "answered", "drift": carriers/health.h
  answers INTEGER NOT NULL,
  PRIMARY KEY (carrier, hour, heard)
) STRICT;

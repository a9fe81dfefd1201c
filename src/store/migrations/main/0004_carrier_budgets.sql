-- What carriers have been asked, so that a restart does not begin by asking too much, and processes that share the
-- store keep a carrier's limits together (src/carriers/budgets.h). A connector is a folder's name, never a person's.

CREATE TABLE carrier_budgets (
  connector TEXT PRIMARY KEY,
  paced_until INTEGER NOT NULL,      -- when the calls so far are paid for, by the carrier's pace
  left_alone_until INTEGER NOT NULL, -- Retry-After
  open_until INTEGER NOT NULL,       -- circuit breaker
  failures INTEGER NOT NULL,         -- in a row
  rests INTEGER NOT NULL             -- refusals for asking too much, in a row
) STRICT;

CREATE TABLE carrier_calls (
  connector TEXT NOT NULL,
  hour INTEGER NOT NULL,             -- since 1970
  calls INTEGER NOT NULL,
  PRIMARY KEY (connector, hour)
) STRICT;

-- The processes that ask at this moment: each takes its part of a carrier's pace.
CREATE TABLE carrier_askers (
  asker TEXT PRIMARY KEY,
  seen_at INTEGER NOT NULL
) STRICT;

-- What the release gate has given out, and what it may still give (insight/gate.h).

-- One row a data set. Its row is held while it is asked, so that no two questions spend the same.
CREATE TABLE release_budgets (
  account_id INTEGER NOT NULL,   -- 0: the instance
  data_set TEXT NOT NULL,        -- "transits 2026-Q3"
  allowed INTEGER NOT NULL,      -- millionths of epsilon
  spent INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, data_set)
) STRICT;

-- What was released: noisy sums of groups. A question that was answered once is answered from here for ever after.
CREATE TABLE releases (
  account_id INTEGER NOT NULL,
  data_set TEXT NOT NULL,
  question TEXT NOT NULL,        -- all that the answer depends on
  epsilon INTEGER NOT NULL,      -- what it cost, in millionths
  artefact TEXT NOT NULL,        -- JSON (insight/counts.h)
  label INTEGER NOT NULL,        -- the strictest source of what went in (personal/label.h)
  released_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, data_set, question)
) STRICT;

-- Reports made of releases, as they were signed.
CREATE TABLE reports (
  account_id INTEGER NOT NULL,
  name TEXT NOT NULL,            -- "carriers 2026-Q3"
  version INTEGER NOT NULL,
  signed TEXT NOT NULL,          -- a compact JWS
  made_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, name, version)
) STRICT;

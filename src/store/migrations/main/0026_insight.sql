-- What was let out through the release gate, and what it cost. No row of these is about anybody.

CREATE TABLE insight_budgets (
  account_id INTEGER NOT NULL,
  data_set TEXT NOT NULL,            -- "transit 2026-11"
  limit_micro INTEGER NOT NULL,      -- millionths of epsilon
  spent_micro INTEGER NOT NULL,
  PRIMARY KEY (account_id, data_set)
) STRICT;

CREATE TABLE insight_releases (
  account_id INTEGER NOT NULL,
  question TEXT NOT NULL,            -- SHA-256 of all that makes it another one
  data_set TEXT NOT NULL,
  asks TEXT NOT NULL,                -- in words
  epsilon_micro INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  counts TEXT NOT NULL,              -- noisy, one for each cell, with spaces between
  PRIMARY KEY (account_id, question)
) STRICT;

-- How often pages are looked at: sums a day, and nothing that could tell one visitor from another. What makes a visitor
-- count once a day lives in memory only and is thrown away at midnight (insight/counters.h).

CREATE TABLE page_views (
  account_id INTEGER NOT NULL,   -- 0: the instance
  day INTEGER NOT NULL,          -- days since 1970-01-01, UTC
  page TEXT NOT NULL,            -- a kind of page: "tracking", never an address
  referrer TEXT NOT NULL,        -- a kind of place: "search", never an address
  views INTEGER NOT NULL,
  PRIMARY KEY (account_id, day, page, referrer)
) STRICT;

CREATE TABLE page_visitors (
  account_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  page TEXT NOT NULL,
  visitors INTEGER NOT NULL,     -- different ones of that day, of those who do not ask not to be counted
  PRIMARY KEY (account_id, day, page)
) STRICT;

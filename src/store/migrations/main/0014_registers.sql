-- What was published: every version of policy, terms, cookies and processors in every language, never changed, named by
-- its content. And who was told of a change.

CREATE TABLE policy_versions (
  account_id INTEGER NOT NULL,       -- 0: the instance's
  document TEXT NOT NULL,            -- policy/document.h
  number INTEGER NOT NULL,           -- 1, 2, 3 ...
  language TEXT NOT NULL,
  hash TEXT NOT NULL,                -- SHA-256 of the body
  essence TEXT NOT NULL,             -- SHA-256 of the text without its dates: did anything change?
  body TEXT NOT NULL,                -- Markdown, with both dates
  posted_at INTEGER NOT NULL,
  effective_at INTEGER NOT NULL CHECK (effective_at >= posted_at),
  PRIMARY KEY (account_id, document, number, language)
) STRICT;

CREATE UNIQUE INDEX policy_versions_by_hash ON policy_versions (account_id, hash);

CREATE TABLE policy_notices (
  account_id INTEGER NOT NULL,
  document TEXT NOT NULL,
  number INTEGER NOT NULL,
  noticed_at INTEGER NOT NULL,
  seen_at INTEGER,                   -- somebody of the account opened it
  PRIMARY KEY (account_id, document, number)
) STRICT;

-- What an account agreed to before it may bring in other people's data, and which of it (GDPR Art. 28(3)).

CREATE TABLE processing_terms (
  account_id INTEGER NOT NULL,
  terms TEXT NOT NULL,           -- the version of the terms that was agreed to, by its hash
  basis TEXT NOT NULL,           -- why the shop may pass the data on: "order", "contract", "consent"
  categories TEXT NOT NULL,      -- which, in words of accounts/processing_terms.h, separated by spaces
  agreed_at INTEGER NOT NULL,
  agreed_by INTEGER NOT NULL,    -- a member; 0: the operator, for the shop
  PRIMARY KEY (account_id, agreed_at)
);

-- When what is said about a purpose that rests on consent changed: a consent to the older words is none.

CREATE TABLE purpose_changes (
  account_id INTEGER NOT NULL,   -- 0: the instance
  purpose TEXT NOT NULL,
  essence TEXT NOT NULL,         -- SHA-256 of what is said about it from then on
  effective_at INTEGER NOT NULL, -- 0: the words it began with
  PRIMARY KEY (account_id, purpose, effective_at)
);

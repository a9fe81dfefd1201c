-- Cases at the desk of the shop's own people.

-- The controller doubts that it is the person (Art. 12(6)): a link went to the address, and nobody has followed it yet.
ALTER TABLE rights_cases ADD COLUMN proof_asked_at INTEGER;

-- The letters that were written in a case: which, when and to whose side. The letters themselves are gone when they are sent.
CREATE TABLE rights_letters (
  account_id INTEGER NOT NULL,
  case_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,                -- of the letter: data/languages/letters
  is_to_controller INTEGER NOT NULL, -- else to the person
  letter_id BLOB NOT NULL,
  PRIMARY KEY (account_id, case_id, number),
  FOREIGN KEY (account_id, case_id) REFERENCES rights_cases (account_id, id) ON DELETE CASCADE
) STRICT;

-- Which of the account's people made a key, so that it is found when they ask what is kept about them. NULL: nobody here.
ALTER TABLE api_keys ADD COLUMN made_by INTEGER;

-- Accounts that were suspended: by whom, why, until when, and the appeal against it.
CREATE TABLE suspensions (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  at INTEGER NOT NULL,
  ground TEXT NOT NULL,              -- rights/registers/suspensions.h
  decided_by INTEGER NOT NULL,       -- a person
  subject INTEGER NOT NULL,          -- key slot of the reason
  sealed BLOB NOT NULL,
  ended_at INTEGER,
  ended_by INTEGER,
  appeal BLOB,                       -- the case, in the instance's own list
  PRIMARY KEY (account_id, id)
) STRICT;

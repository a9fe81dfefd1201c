-- The people who sign in: who they are, what they prove it with, and in which accounts they may do what.
-- People belong to the instance (account_id 0), because one person may be a member of several accounts.

ALTER TABLE accounts ADD COLUMN closed_at INTEGER;   -- its last owner left: nothing works any more, its contents go
ALTER TABLE api_keys ADD COLUMN addresses TEXT;      -- networks it may be used from, separated by spaces; NULL: any

CREATE TABLE people (
  account_id INTEGER NOT NULL,       -- 0
  person_id INTEGER NOT NULL,
  subject INTEGER NOT NULL,          -- key slot of this person
  email_hash BLOB NOT NULL UNIQUE,   -- keyed hash of the folded address
  sealed BLOB NOT NULL,              -- name and address
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  verified_at INTEGER,               -- when the address answered
  password TEXT,                     -- Argon2id of the peppered password, with its parameters; NULL: none
  password_changed_at INTEGER,
  language TEXT NOT NULL,
  zone TEXT NOT NULL,                -- IANA name
  currency TEXT NOT NULL,            -- ISO 4217
  age_stated_at INTEGER,
  policy TEXT,                       -- hash of the version that was agreed to
  terms TEXT,
  agreed_at INTEGER,
  last_seen_at INTEGER NOT NULL,     -- last authenticated use, to the hour
  suspended_at INTEGER,
  warned_at INTEGER,                 -- told that the account sleeps
  delete_at INTEGER,                 -- erased then, unless they come back
  PRIMARY KEY (account_id, person_id)
) STRICT;

CREATE INDEX people_by_last_seen ON people (last_seen_at);
CREATE INDEX people_by_delete_at ON people (delete_at) WHERE delete_at IS NOT NULL;

-- Asked to join, address not proven yet. Who they are is decided when the letter's link is opened, not before: nobody
-- can set a password for somebody else's address.
CREATE TABLE sign_ups (
  account_id INTEGER NOT NULL,       -- 0
  token_hash BLOB NOT NULL,
  email_hash BLOB NOT NULL UNIQUE,
  subject INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  language TEXT NOT NULL,
  age_stated_at INTEGER NOT NULL,
  policy TEXT NOT NULL,
  terms TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, token_hash)
) STRICT;

CREATE TABLE members (
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  role TEXT NOT NULL,                -- accounts/roles.h
  joined_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, person_id)
) STRICT;

CREATE INDEX members_by_person ON members (person_id);

CREATE TABLE invitations (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  token_hash BLOB NOT NULL UNIQUE,
  email_hash BLOB NOT NULL,
  subject INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  role TEXT NOT NULL,
  invited_by INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT;

-- Who let whom do what: append-only, for the audit log.
CREATE TABLE member_events (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  at INTEGER NOT NULL,
  actor_kind INTEGER NOT NULL,
  actor_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,        -- 0: not known yet (an invitation)
  change TEXT NOT NULL,              -- invited, joined, role, left, removed, withdrawn
  role TEXT NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE TABLE sessions (
  account_id INTEGER NOT NULL,       -- 0
  id BLOB NOT NULL,                  -- to name it in a list; opens nothing
  token_hash BLOB NOT NULL UNIQUE,
  person_id INTEGER NOT NULL,
  chosen INTEGER NOT NULL,           -- the account that is worked in; 0: none
  methods INTEGER NOT NULL,          -- accounts/sessions.h
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  authenticated_at INTEGER NOT NULL, -- last time the person proved who they are
  expires_at INTEGER NOT NULL,
  family BLOB,                       -- the remembered browser it came from
  sealed BLOB NOT NULL,              -- the browser, in words
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Browsers whose owner ticked "keep me signed in". The token changes at every use; one that comes back was copied.
CREATE TABLE remembered (
  account_id INTEGER NOT NULL,       -- 0
  family BLOB NOT NULL,
  person_id INTEGER NOT NULL,
  token_hash BLOB NOT NULL,
  previous_hash BLOB,
  methods INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  rotated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (account_id, family)
) STRICT;

CREATE INDEX remembered_by_person ON remembered (person_id);

-- Tokens and challenges that work once: resets, second steps, passkey ceremonies, changes of address.
CREATE TABLE one_time (
  account_id INTEGER NOT NULL,       -- 0
  token_hash BLOB NOT NULL,
  kind TEXT NOT NULL,
  person_id INTEGER NOT NULL,        -- 0: nobody yet
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  sealed BLOB,                       -- what the token is about, when that is personal
  PRIMARY KEY (account_id, token_hash)
) STRICT;

CREATE INDEX one_time_by_expiry ON one_time (expires_at);

CREATE TABLE authenticators (
  account_id INTEGER NOT NULL,       -- 0
  person_id INTEGER NOT NULL,
  sealed BLOB NOT NULL,              -- the shared secret of RFC 6238
  created_at INTEGER NOT NULL,
  confirmed_at INTEGER,              -- NULL: not proven yet, asked for by nobody
  last_step INTEGER NOT NULL,        -- no code counts twice
  PRIMARY KEY (account_id, person_id)
) STRICT;

CREATE TABLE recovery_codes (
  account_id INTEGER NOT NULL,       -- 0
  person_id INTEGER NOT NULL,
  code_hash BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  used_at INTEGER,
  PRIMARY KEY (account_id, person_id, code_hash)
) STRICT;

CREATE TABLE passkeys (
  account_id INTEGER NOT NULL,       -- 0
  person_id INTEGER NOT NULL,
  credential BLOB NOT NULL UNIQUE,   -- the authenticator's own id of it
  public_key BLOB NOT NULL,          -- COSE_Key (RFC 9052)
  counter INTEGER NOT NULL,          -- the authenticator's count of signatures; 0: it does not count
  is_synced INTEGER NOT NULL,        -- backed up by its maker
  transports TEXT NOT NULL,
  sealed BLOB NOT NULL,              -- how its owner calls it
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  PRIMARY KEY (account_id, person_id, credential)
) STRICT;

-- Who signs in through another provider (OpenID Connect).
CREATE TABLE identities (
  account_id INTEGER NOT NULL,       -- 0
  provider TEXT NOT NULL,
  subject_hash BLOB NOT NULL,        -- keyed hash of the provider's name for the person
  person_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, provider, subject_hash)
) STRICT;

CREATE INDEX identities_by_person ON identities (person_id);

-- How often something failed of late, by keyed hash of the address or of the network it came from.
CREATE TABLE sign_in_failures (
  account_id INTEGER NOT NULL,       -- 0
  source BLOB NOT NULL,
  failures INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  free_at INTEGER NOT NULL,          -- the next attempt is weighed then, not before
  PRIMARY KEY (account_id, source)
) STRICT;

-- What happened around signing in. Read for the purpose Secure, and by the person concerned.
CREATE TABLE security_log (
  account_id INTEGER NOT NULL,       -- 0
  id BLOB NOT NULL,
  at INTEGER NOT NULL,
  person_id INTEGER NOT NULL,        -- 0: nobody we know
  kind TEXT NOT NULL,
  network BLOB NOT NULL,             -- keyed hash of the network it came from; empty: from the machine itself
  sealed BLOB,                       -- the browser in words, under the person's key
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE INDEX security_log_by_person ON security_log (person_id, at);
CREATE INDEX security_log_by_age ON security_log (at);

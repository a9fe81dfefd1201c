-- What recipients say about a delivery, once each, and what others say against it. A review has a key of its own and goes with
-- its parcel; so does a claim, which names nobody who wrote a review and goes with the review.

CREATE TABLE reviews (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  shipment_id BLOB NOT NULL,
  stars INTEGER NOT NULL,
  state INTEGER NOT NULL,            -- reviews/content.h
  reason TEXT NOT NULL,              -- why it was taken down, "claim" by a claim; empty: it was not
  subject INTEGER NOT NULL,          -- key slot of this review alone
  sealed BLOB,                       -- its words, and those against its takedown; NULL: stars only
  written_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,       -- with its parcel
  PRIMARY KEY (account_id, id)
) STRICT;

-- A delivery is reviewed once.
CREATE UNIQUE INDEX reviews_by_shipment ON reviews (account_id, shipment_id);
CREATE INDEX reviews_by_state ON reviews (account_id, state, updated_at);
CREATE INDEX reviews_by_end ON reviews (expires_at);

CREATE TABLE review_claims (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  review_id BLOB NOT NULL,
  address_hash BLOB NOT NULL,        -- of whoever claims, so that they find it again
  state INTEGER NOT NULL,            -- reviews/claim.h
  language TEXT NOT NULL,
  subject INTEGER NOT NULL,          -- key slot of this claim alone
  sealed BLOB NOT NULL,              -- name, address and words of whoever claims
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE INDEX review_claims_by_review ON review_claims (account_id, review_id);
CREATE INDEX review_claims_by_address ON review_claims (account_id, address_hash);
CREATE INDEX review_claims_by_end ON review_claims (expires_at);

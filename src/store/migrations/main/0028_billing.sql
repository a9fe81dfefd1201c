-- What an account pays, and whom an invoice is for (src/billing/).

-- Each value lies sealed in a column of its own, bound to that column: none opens with, or in place of, another.
CREATE TABLE billing_contacts (
  account_id INTEGER NOT NULL,
  subject INTEGER NOT NULL,          -- a key of its own
  name BLOB,
  email BLOB,
  company BLOB,
  vat_number BLOB,
  order_reference BLOB,
  first_line BLOB,
  second_line BLOB,
  postcode BLOB,
  city BLOB,
  region BLOB,
  country BLOB,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (account_id)
) STRICT;

-- All that is known of a card or bank account. Nothing else may ever be added here.
CREATE TABLE billing_methods (
  account_id INTEGER NOT NULL,
  provider TEXT NOT NULL,
  reference TEXT NOT NULL,           -- the provider's own name for it
  last_four TEXT NOT NULL,
  expires_in TEXT NOT NULL,          -- "2028-04"; empty: it has no end
  PRIMARY KEY (account_id, provider, reference)
) STRICT;

CREATE TABLE billing_invoices (
  account_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  currency TEXT NOT NULL,
  total INTEGER NOT NULL,            -- minor units
  state INTEGER NOT NULL,            -- invoices.h
  created_at INTEGER NOT NULL,
  paid_at INTEGER,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT;
CREATE INDEX billing_invoices_by_end ON billing_invoices (expires_at);

CREATE TABLE billing_lines (
  account_id INTEGER NOT NULL,
  invoice_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,                -- invoices.h
  tariff TEXT NOT NULL,              -- which plan
  amount INTEGER NOT NULL,           -- minor units, negative: a credit or discount
  begins_at INTEGER NOT NULL,        -- the time that is paid for
  ends_at INTEGER NOT NULL,
  discounts_left INTEGER NOT NULL,   -- after this one
  PRIMARY KEY (account_id, invoice_id, number)
) STRICT;

-- One try to pay an invoice with a provider.
CREATE TABLE billing_payments (
  account_id INTEGER NOT NULL,
  provider TEXT NOT NULL,
  reference TEXT NOT NULL,           -- the provider's own name for it
  invoice_id BLOB NOT NULL,
  state INTEGER NOT NULL,            -- provider.h
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, provider, reference)
) STRICT;
CREATE UNIQUE INDEX billing_payments_by_reference ON billing_payments (provider, reference);
CREATE INDEX billing_payments_by_invoice ON billing_payments (account_id, invoice_id);

-- The plan an account is on, and the period that is paid for (subscription.h).
CREATE TABLE billing_subscriptions (
  account_id INTEGER NOT NULL,
  tariff TEXT NOT NULL,
  cycle INTEGER NOT NULL,            -- price_list.h
  price INTEGER NOT NULL,            -- of the whole period, minor units
  discount INTEGER NOT NULL,
  begins_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  from_at INTEGER NOT NULL,          -- since when at this plan
  anchor_at INTEGER NOT NULL,
  periods INTEGER NOT NULL,
  paused_at INTEGER,
  ended_at INTEGER,
  offer TEXT NOT NULL,               -- that was taken; empty: none
  percent_off INTEGER NOT NULL,
  discounted INTEGER NOT NULL,       -- the cycle that is
  discounts_left INTEGER NOT NULL,
  balance INTEGER NOT NULL,          -- minor units that the account has to its credit
  PRIMARY KEY (account_id)
) STRICT;
CREATE INDEX billing_subscriptions_by_end ON billing_subscriptions (ends_at);

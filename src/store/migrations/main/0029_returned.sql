-- A report about a message of news names it by its id alone (outreach/promotions.h, take_bounce).

CREATE INDEX promotion_sends_by_id ON promotion_sends (id);

-- Ways from a parcel or a person to rows of which an account has many: for what people ask about their data, and for
-- erasing it. The access ledger has none: a row a look-up would pay for it, and it is read once for all parcels of a
-- person (rights/person.h).

CREATE INDEX delivery_log_by_shipment ON delivery_log (account_id, shipment_id);
CREATE INDEX sent_by_person ON sent (account_id, person);
CREATE INDEX rights_events_by_shipment ON rights_events (account_id, shipment_id);

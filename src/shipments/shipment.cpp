#include "shipments/shipment.h"

namespace shipments {
namespace {

template <class B, class Visit>
void each_sealed(B& body, Visit visit) {
  visit(body.customer_name);
  visit(body.customer_email);
  visit(body.customer_sms);
  visit(body.recipient_postcode);
  visit(body.tracking_postal_code);
  visit(body.tracking_key);
  visit(body.tracking_courier_account);
  visit(body.title);
  visit(body.note);
  visit(body.journey);
}

}  // namespace

personal::Envelope Body::envelope() const {
  personal::Envelope envelope;
  each_sealed(*this, [&](const auto& value) { envelope.put(value); });
  return envelope;
}

Body Body::from(const personal::Envelope& envelope) {
  Body body;
  const personal::Envelope::Index index(envelope);
  each_sealed(body, [&]<class F>(Sealed<F>& value) { value = index.take<F>(); });
  return body;
}

}  // namespace shipments

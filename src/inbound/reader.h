// The connectors as the mouth sees them.
#pragma once
#include "carriers/connector.h"
#include "inbound/mouth.h"
#include "inbound/signature.h"

namespace inbound {

// What a connector makes of a document, with its envelope checked and, for X12 and EDIFACT, the
// acknowledgement (997, CONTRL) dated `now`. Pure but for the clock: safe from any thread.
std::optional<Reading> read_document(const carriers::Connectors& connectors,
                                     std::string_view connector, std::string_view bytes,
                                     base::Instant now);

// How a connector's carrier proves itself, and how it signs.
Proof proof_of(const carriers::Connectors& connectors, std::string_view connector);
SignatureForm form_of(const carriers::Connectors& connectors, std::string_view connector);

}  // namespace inbound

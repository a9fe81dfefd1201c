#include "inbound/reader.h"

#include "carriers/definition.h"
#include "carriers/document.h"
#include "carriers/formats/edifact.h"
#include "carriers/formats/x12.h"

namespace inbound {
namespace {

// What the envelope got wrong, and the answer to it. Only these two standards have one; reading the
// envelope twice costs less than carrying it through every connector.
void read_envelope(carriers::Format format, std::string_view bytes, base::Instant now,
                   Reading& into) {
  carriers::Document document;
  if (!document.parse(format, bytes)) return;
  for (auto id = document[carriers::kRoot].first_child; id != carriers::kNoNode;
       id = document[id].next)
    if (document[id].name == "remark") into.remarks.emplace_back(document.text(id));
  // A control number has nine digits at most: the second of the answer, of the last thirty years.
  const auto control = static_cast<long>(base::to_micros(now) / 1'000'000 % 1'000'000'000);
  if (format == carriers::Format::X12)
    into.acknowledgement = carriers::formats::acknowledge_x12(document, now, control);
  if (format == carriers::Format::Edifact)
    into.acknowledgement = carriers::formats::acknowledge_edifact(document, now, control);
}

}  // namespace

std::optional<Reading> read_document(const carriers::Connectors& connectors,
                                     std::string_view connector, std::string_view bytes,
                                     base::Instant now) {
  const auto* found = connectors.find(connector);
  if (found == nullptr) return std::nullopt;
  const auto& definition = found->definition();
  Reading reading;
  reading.understood = found->understand(bytes, 200);
  reading.courier_codes.emplace_back(found->courier_code());
  for (const auto& also : definition.also) reading.courier_codes.push_back(also);
  // A standard's connector answers for nobody in particular: nothing can be asked through it.
  reading.is_of_any_courier = definition.is_upstream || definition.request.path.empty();
  const auto format = definition.answers.front().format;
  if (format != carriers::Format::Json && format != carriers::Format::Xml)
    read_envelope(format, bytes, now, reading);
  return reading;
}

Proof proof_of(const carriers::Connectors& connectors, std::string_view connector) {
  const auto* found = connectors.find(connector);
  if (found == nullptr || !found->definition().push) return Proof::Header;
  return parse_proof(found->definition().push->verify).value_or(Proof::Header);
}

SignatureForm form_of(const carriers::Connectors& connectors, std::string_view connector) {
  SignatureForm form;
  const auto* found = connectors.find(connector);
  if (found == nullptr || !found->definition().push) return form;
  const auto& push = *found->definition().push;
  form.header = push.header;
  form.prefix = push.prefix;
  form.algorithm = push.algorithm == "sha1"     ? Algorithm::Sha1
                   : push.algorithm == "sha512" ? Algorithm::Sha512
                                                : Algorithm::Sha256;
  form.encoding = push.encoding == "base64" ? Encoding::Base64 : Encoding::Hex;
  return form;
}

}  // namespace inbound

// Any bytes as a message: no crash, and nothing comes out but values of their field's shape.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "mailbox/extract.h"
#include "mailbox/hypertext.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const couriers::Catalogue catalogue;
  static const couriers::Detector detector(catalogue);
  static const mailbox::Extractor extractor(catalogue, detector);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)extractor.is_worth_opening(mailbox::read_head(bytes));
  for (const auto& one : extractor.read(bytes)) {
    const bool is_number = std::ranges::all_of(
        one.tracking_number, [](char c) { return base::is_digit(c) || base::is_upper(c); });
    if (!is_number || catalogue.find(one.courier_code) == nullptr) std::abort();
    if (one.order_number.size() > 30 || one.sent_on.size() > 10) std::abort();
    if (one.sender_domain.find_first_of("@<> \r\n") != std::string::npos) std::abort();
  }
  if (mailbox::read_hypertext(bytes).words.size() > 2 * size + 16) std::abort();
  return 0;
}

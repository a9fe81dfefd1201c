// Request bodies, queries and exported shipments: never a crash, and what is accepted can be
// written again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/v4/body.h"
#include "api/v4/exchange.h"
#include "api/v4/fields.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const couriers::Catalogue catalogue;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto fields = api::v4::parse_object(text)) {
    (void)api::v4::read_create(*fields, catalogue);
    (void)api::v4::read_update(*fields, catalogue);
  }
  if (const auto items = api::v4::parse_array(text, 40)) {
    for (const auto& item : *items) (void)api::v4::read_create(item.fields, catalogue);
  }
  (void)api::v4::read_list_query(text);
  (void)api::v4::parse_tracking(text, base::from_micros(0));
  api::v4::ArraySplitter splitter;
  splitter.feed(text);
  while (!splitter.next().empty()) {
  }
  return 0;
}

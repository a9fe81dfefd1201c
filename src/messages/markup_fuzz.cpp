// A block is typed by a shop: whatever it is, it is read, judged and never crashes; one that passes
// makes a message without a script in it.
#include <cstdlib>

#include "messages/markup.h"
#include "messages/template.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  (void)messages::as_plain(text);
  const auto made = messages::Template::create({.intro = text, .sms = text},
                                               journey::Trigger::Delivered, "en", 1);
  if (!made) return 0;
  const auto facts = messages::sample_facts(journey::Trigger::Delivered, "en");
  const auto message = messages::write(journey::Trigger::Delivered, facts, "en", &made.value());
  if (message.html.find("<script") != std::string::npos) std::abort();
  return 0;
}

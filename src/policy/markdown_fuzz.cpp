#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "policy/markdown.h"

// Whatever stands in a document, no markup of its own comes out: every '<' is one of ours.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto html = policy::to_html(text);
  if (html.find("<script") != std::string::npos) std::abort();
  const auto inert = policy::to_html(policy::plain(text));
  if (inert.find("<a ") != std::string::npos || inert.find("<strong") != std::string::npos)
    std::abort();
  return 0;
}

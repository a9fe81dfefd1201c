// Any lines: never a crash, names in lower case, and no more than the limit is kept.
#include <cstdlib>

#include "base/text.h"
#include "http/reply_head.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  http::ReplyHead head;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size() - 1);
    if (!head.add(rest.substr(0, end + 1))) break;
    rest.remove_prefix(end + 1);
  }
  std::size_t kept = 0;
  for (const auto& [name, value] : head.take()) {
    if (name != base::lower(name) || value != base::trim(value)) std::abort();
    kept += name.size() + value.size();
  }
  if (kept > http::ReplyHead::kMostBytes) std::abort();
  return 0;
}

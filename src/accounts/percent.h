// Text within a URL or a form (RFC 3986 2.3: all but the unreserved characters are encoded).
#pragma once
#include <string>
#include <string_view>

#include "base/text.h"

namespace accounts {

inline std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (base::is_letter(c) || base::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += '%' + base::upper(base::to_hex(std::string_view(&c, 1)));
    }
  }
  return out;
}

}  // namespace accounts

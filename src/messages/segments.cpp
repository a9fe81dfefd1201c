#include "messages/segments.h"

#include <algorithm>

#include "base/text.h"

namespace messages {
namespace {

// The basic set and, at two septets each, its extension (TS 23.038, 6.2.1).
constexpr std::string_view kBasic =
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::string_view kExtension = "\f^{}\\[~]|€";

int parts(int units, int alone, int joined) {
  return units <= alone ? 1 : (units + joined - 1) / joined;
}

}  // namespace

Segments segments_of(std::string_view sms) {
  int septets = 0, utf16 = 0;
  bool is_gsm = true;
  while (!sms.empty()) {
    const auto length = std::max<std::size_t>(1, base::utf8_sequence(sms));
    const auto character = sms.substr(0, length);
    sms.remove_prefix(std::min(length, sms.size()));
    utf16 += length == 4 ? 2 : 1;
    if (kBasic.find(character) != std::string_view::npos) {
      septets += 1;
    } else if (kExtension.find(character) != std::string_view::npos) {
      septets += 2;
    } else {
      is_gsm = false;
    }
  }
  if (is_gsm) return {parts(septets, 160, 153), true, septets};
  return {parts(utf16, 70, 67), false, utf16};
}

}  // namespace messages

// How many parts a text message is sent, and paid, as (3GPP TS 23.038, TS 23.040).
#pragma once
#include <string_view>

namespace messages {

struct Segments {
  int count = 0;
  bool is_gsm = true;  // else UCS-2, with 70 characters instead of 160
  int units = 0;       // septets, or UTF-16 units
};
Segments segments_of(std::string_view sms);

}  // namespace messages

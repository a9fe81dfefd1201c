// Inside of a Request. For this room only: handlers use Request's accessors.
//
// Everything that came in the header lies back to back in one string and is remembered by offset,
// so that a request costs three allocations however many headers it has.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace http {

struct Request::Parts {
  struct Slice {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
  };
  struct Field {
    Slice name, value;
  };
  struct Parameter {
    std::string_view name;  // of the route's pattern, which outlives the request
    std::string_view raw;   // into the path
    std::string decoded;    // empty when raw needs no decoding
  };

  std::string text;
  Slice method, target;
  Slice path;  // into text, unless collapsed holds it
  Slice query;
  std::string collapsed;  // the path, when it had repeated or trailing slashes
  std::vector<Field> fields;
  std::vector<Parameter> parameters;
  std::string body;
  std::string peer;
  std::array<char, 64> id{};
  std::size_t id_size = 0;

  std::string_view view(Slice s) const { return std::string_view(text).substr(s.at, s.size); }
  Slice append(std::string_view piece);
  void add_field(std::string_view name, std::string_view value);
  // After the target is known and before the path is asked for.
  void split_target();
  void set_id(std::string_view text_of_id);
};

}  // namespace http

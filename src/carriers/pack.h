// Many small files as one: how data/connectors travels inside the program (cmake/Pack.cmake).
//
// First an index, one line a file, "SIZE PATH", then an empty line, then the files behind each
// other in the same order.
#pragma once
#include <string_view>
#include <vector>

namespace carriers {

struct PackedFile {
  std::string_view path, bytes;
};

// Views into the pack.
std::vector<PackedFile> unpack(std::string_view pack);

}  // namespace carriers

#include "carriers/pack.h"

#include <charconv>

namespace carriers {

std::vector<PackedFile> unpack(std::string_view pack) {
  std::vector<PackedFile> files;
  std::vector<std::size_t> sizes;
  while (!pack.empty()) {
    const auto end = std::min(pack.find('\n'), pack.size());
    const auto line = pack.substr(0, end);
    pack.remove_prefix(std::min(end + 1, pack.size()));
    if (line.empty()) break;
    std::size_t size = 0;
    const auto [after, error] = std::from_chars(line.data(), line.data() + line.size(), size);
    const auto path = line.substr(
        std::min<std::size_t>(static_cast<std::size_t>(after - line.data()) + 1, line.size()));
    files.push_back({path, {}});
    sizes.push_back(error == std::errc() ? size : 0);
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    files[i].bytes = pack.substr(0, sizes[i]);
    pack.remove_prefix(std::min(sizes[i], pack.size()));
  }
  return files;
}

}  // namespace carriers

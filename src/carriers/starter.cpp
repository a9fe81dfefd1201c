#include "carriers/starter.h"

#include "carriers/pack.h"

namespace embedded {
std::string_view carriers_starter();
}

namespace carriers {

std::vector<StarterFile> starter_folder(std::string_view id) {
  constexpr std::string_view kPlaceholder = "my-carrier";
  std::vector<StarterFile> out;
  for (const auto& file : unpack(embedded::carriers_starter())) {
    std::string bytes(file.bytes);
    for (auto at = bytes.find(kPlaceholder); at != std::string::npos;
         at = bytes.find(kPlaceholder, at + id.size()))
      bytes.replace(at, kPlaceholder.size(), id);
    out.push_back({std::string(file.path), std::move(bytes)});
  }
  return out;
}

}  // namespace carriers

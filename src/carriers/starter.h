// The folder that `milepost carriers new` writes: a connector that passes its own check, with the
// language explained where one edits.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace carriers {

struct StarterFile {
  std::string path;  // "connector.toml", "fixtures/success.json"
  std::string bytes;
};
std::vector<StarterFile> starter_folder(std::string_view id);

}  // namespace carriers

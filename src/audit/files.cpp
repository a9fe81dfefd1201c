// The log as a folder of files.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "audit/log.h"

namespace audit {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) {
    throw fs::filesystem_error("cannot be written", path,
                               std::make_error_code(std::errc::io_error));
  }
}

std::optional<std::string> slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// How many hashes or entries are in it.
std::uint64_t width_of(int level, const std::string& bytes) {
  if (level != kEntries) return bytes.size() / kHashBytes;
  const auto entries = split_bundle(bytes);
  return entries ? entries->size() : 0;
}

}  // namespace

void Log::write_files(const std::string& folder) {
  const fs::path root(folder);
  database_.read_now([&](store::Tx& tx) {
    auto tiles = tx.query("SELECT level, number, bytes FROM audit_tiles WHERE account_id = 0");
    while (tiles.next()) {
      const int level = static_cast<int>(tiles.integer(0));
      const std::string bytes(tiles.blob(2));
      write(root / tile_path(level, static_cast<std::uint64_t>(tiles.integer(1)),
                             width_of(level, bytes)),
            bytes);
    }
    auto notes =
        tx.query("SELECT size, note FROM audit_checkpoints WHERE account_id = 0 ORDER BY size");
    std::string newest;
    while (notes.next()) {
      newest = notes.text(1);
      write(root / "checkpoints" / fmt::format("{:020}", notes.integer(0)), newest);
    }
    if (!newest.empty()) write(root / "checkpoint", newest);
    return 0;
  });
  write(root / "key", signer_.verifier_key() + "\n");
}

ReadTile files_reader(const std::string& folder) {
  return [folder](int level, std::uint64_t number) -> std::optional<std::string> {
    const fs::path full = fs::path(folder) / tile_path(level, number, kTileWidth);
    if (auto bytes = slurp(full)) return bytes;
    // The longest partial one.
    const fs::path parts = full.string() + ".p";
    std::uint64_t widest = 0;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(parts, none)) {
      const auto name = entry.path().filename().string();
      if (name.empty() || name.size() > 3) continue;
      if (!std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; }))
        continue;
      widest = std::max<std::uint64_t>(widest, std::stoul(name));
    }
    return widest == 0 ? std::nullopt : slurp(parts / std::to_string(widest));
  };
}

std::vector<std::string> checkpoints_in(const std::string& folder) {
  std::vector<fs::path> paths;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(fs::path(folder) / "checkpoints", none)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  paths.push_back(fs::path(folder) / "checkpoint");
  std::vector<std::string> notes;
  for (const auto& path : paths) {
    if (auto note = slurp(path)) notes.push_back(std::move(*note));
  }
  return notes;
}

}  // namespace audit

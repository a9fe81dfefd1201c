#include "audit/tiles.h"

#include <fmt/format.h>

#include <stdexcept>

namespace audit {
namespace {

constexpr int kTileHeight = 8;

// 1234067 -> "x001/x234/067".
std::string spell(std::uint64_t number) {
  std::string path = fmt::format("{:03}", number % 1000);
  while (number >= 1000) {
    number /= 1000;
    path = fmt::format("x{:03}/{}", number % 1000, path);
  }
  return path;
}

}  // namespace

std::string tile_path(int level, std::uint64_t number, std::uint64_t width) {
  auto path = level == kEntries ? "tile/entries/" + spell(number)
                                : fmt::format("tile/{}/{}", level, spell(number));
  if (width < kTileWidth) path += fmt::format(".p/{}", width);
  return path;
}

std::optional<std::vector<std::string>> split_bundle(std::string_view bytes) {
  std::vector<std::string> entries;
  while (!bytes.empty()) {
    if (bytes.size() < 2) return std::nullopt;
    const std::size_t length =
        static_cast<unsigned char>(bytes[0]) * 256u + static_cast<unsigned char>(bytes[1]);
    if (bytes.size() < 2 + length) return std::nullopt;
    entries.emplace_back(bytes.substr(2, length));
    bytes.remove_prefix(2 + length);
  }
  return entries;
}

Hash fold(std::string_view hashes) {
  if (hashes.size() == kHashBytes) return to_hash(hashes).value();
  const auto half = hashes.size() / 2;
  return node_hash(fold(hashes.substr(0, half)), fold(hashes.substr(half)));
}

void append_to_bundle(std::string& bundle, std::string_view entry) {
  if (entry.size() > kLongestEntry) throw std::length_error("an entry of the log is too long");
  bundle += static_cast<char>(entry.size() >> 8);
  bundle += static_cast<char>(entry.size() & 0xff);
  bundle += entry;
}

const std::string& TiledTree::tile(int level, std::uint64_t number) {
  const auto [it, is_new] = tiles_.try_emplace({level, number});
  if (is_new) {
    auto bytes = read_(level, number);
    if (!bytes) throw std::runtime_error(tile_path(level, number, kTileWidth) + " is missing");
    it->second = std::move(*bytes);
  }
  return it->second;
}

Hash TiledTree::subtree(int level, std::uint64_t number) {
  const int above = level % kTileHeight;
  const std::uint64_t count = std::uint64_t{1} << above;
  const std::uint64_t first = number << above;  // among the hashes of the tile's level
  const auto& bytes = tile(level / kTileHeight, first / kTileWidth);
  const auto begin = first % kTileWidth;
  if (bytes.size() < (begin + count) * kHashBytes) {
    throw std::runtime_error(
        tile_path(level / kTileHeight, first / kTileWidth, bytes.size() / kHashBytes) +
        " is too short");
  }
  return fold(std::string_view(bytes).substr(begin * kHashBytes, count * kHashBytes));
}

std::string& Appender::edge(int level, std::uint64_t number) {
  const auto [it, is_new] = changed_.try_emplace({level, number});
  if (is_new) it->second = read_(level, number).value_or(std::string());
  return it->second;
}

void Appender::append(std::string_view entry) {
  append_to_bundle(edge(kEntries, size_ / kTileWidth), entry);
  Hash hash = leaf_hash(entry);
  std::uint64_t index = size_;
  for (int level = 0;; ++level) {
    std::string& tile = edge(level, index / kTileWidth);
    tile += bytes(hash);
    if ((index + 1) % kTileWidth != 0) break;
    hash = fold(tile);  // a full tile's root is one hash of the level above
    index /= kTileWidth;
  }
  ++size_;
}

Hash Appender::root() {
  TiledTree tree([this](int level, std::uint64_t number) -> std::optional<std::string> {
    if (const auto it = changed_.find({level, number}); it != changed_.end()) return it->second;
    return read_(level, number);
  });
  return audit::root(size_, tree.as_subtree());
}

}  // namespace audit

// The tree in tiles, as c2sp.org/tlog-tiles lays it out: a tile holds up to 256 hashes of one
// eighth level, an entry bundle up to 256 entries. Pure.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "audit/tree.h"

namespace audit {

inline constexpr int kEntries = -1;  // the level of entry bundles
inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr std::size_t kLongestEntry = 65'535;

// The bytes of a tile or bundle; nothing when there is none. Of a partial one, as much as there is.
using ReadTile = std::function<std::optional<std::string>(int level, std::uint64_t number)>;

// "tile/0/x001/x234/067", "tile/entries/000.p/7"; `width` 256 for a full one.
std::string tile_path(int level, std::uint64_t number, std::uint64_t width);

// The entries of a bundle: each with its length before it, two bytes, big end first. Nothing when
// the bytes end within one.
std::optional<std::vector<std::string>> split_bundle(std::string_view bytes);
void append_to_bundle(std::string& bundle, std::string_view entry);

// The root over hashes that stand one after the other; their number is a power of two.
Hash fold(std::string_view hashes);

// Hashes of complete subtrees, out of tiles that are read once. Throws std::runtime_error when a
// tile that must be there is not, or is too short.
class TiledTree {
 public:
  explicit TiledTree(ReadTile read) : read_(std::move(read)) {}
  Hash subtree(int level, std::uint64_t number);
  Subtree as_subtree() {
    return [this](int level, std::uint64_t number) { return subtree(level, number); };
  }

 private:
  const std::string& tile(int level, std::uint64_t number);

  ReadTile read_;
  std::map<std::pair<int, std::uint64_t>, std::string> tiles_;
};

// Appends to a tree, and knows afterwards which tiles are new or longer.
class Appender {
 public:
  Appender(std::uint64_t size, ReadTile read) : size_(size), read_(std::move(read)) {}

  // Throws std::length_error for an entry over kLongestEntry.
  void append(std::string_view entry);
  std::uint64_t size() const { return size_; }
  Hash root();

  using Changed = std::map<std::pair<int, std::uint64_t>, std::string>;
  const Changed& changed() const { return changed_; }

 private:
  std::string& edge(int level, std::uint64_t number);

  std::uint64_t size_;
  ReadTile read_;
  Changed changed_;
};

}  // namespace audit

#include "audit/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "audit/note.h"

namespace audit {
namespace {

constexpr int kBundleLevel = 8;  // a full bundle's entries are a subtree of this height

class Verifier {
 public:
  Verifier(const ReadTile& read, std::size_t most_faults) : read_(read), most_(most_faults) {}

  void take(const std::vector<std::string>& notes, std::string_view verifier_key) {
    for (const auto& note : notes) {
      const auto text = open_note(note, verifier_key);
      const auto checkpoint = text ? read_checkpoint(*text) : std::nullopt;
      if (checkpoint) {
        signed_.push_back(*checkpoint);
      } else {
        complain(0, 0, "a checkpoint is not signed by the log's key");
      }
    }
    std::stable_sort(signed_.begin(), signed_.end(),
                     [](const auto& a, const auto& b) { return a.size < b.size; });
    verdict_.checkpoints = signed_.size();
    if (signed_.empty()) {
      complain(0, 0, "there is no signed checkpoint");
    } else {
      verdict_.size = signed_.back().size;
    }
  }

  Verdict run() {
    for (std::uint64_t first = 0; first < verdict_.size; first += kTileWidth) check_entries(first);
    check_upper_tiles();
    check_roots();
    return std::move(verdict_);
  }

 private:
  void complain(std::uint64_t first, std::uint64_t end, std::string what) {
    if (verdict_.faults.size() < most_) verdict_.faults.push_back({first, end, std::move(what)});
  }

  // One bundle against its tile of hashes.
  void check_entries(std::uint64_t first) {
    const auto number = first / kTileWidth;
    const auto end = std::min(verdict_.size, first + kTileWidth);
    const auto bundle = read_(kEntries, number);
    const auto entries = bundle ? split_bundle(*bundle) : std::nullopt;
    auto tile = read_(0, number).value_or(std::string());
    if (!entries) {
      complain(first, end,
               fmt::format("{} is missing or broken", tile_path(kEntries, number, end - first)));
    }
    if (tile.size() < (end - first) * kHashBytes) {
      complain(first + tile.size() / kHashBytes, end,
               fmt::format("{} is missing or too short", tile_path(0, number, end - first)));
    }
    for (auto at = first; entries && at < end; ++at) {
      const auto index = at - first;
      if (index >= entries->size()) {
        complain(at, at + 1, fmt::format("entry {} is missing", at));
        continue;
      }
      const auto said =
          std::string_view(tile).substr(std::min(tile.size(), index * kHashBytes), kHashBytes);
      if (said.size() == kHashBytes && said != bytes(leaf_hash((*entries)[index]))) {
        complain(at, at + 1, fmt::format("entry {} is not what was logged", at));
      }
    }
  }

  // Each full tile's root against its hash in the tile above.
  void check_upper_tiles() {
    std::uint64_t below = verdict_.size / kTileWidth;  // full tiles of the level
    std::uint64_t span = kTileWidth;                   // entries under each
    for (int level = 0; below > 0; ++level, below /= kTileWidth, span *= kTileWidth) {
      for (std::uint64_t number = 0; number < below; ++number) {
        const auto above = read_(level + 1, number / kTileWidth).value_or(std::string());
        const auto index = number % kTileWidth * kHashBytes;
        const auto said = std::string_view(above).substr(std::min(above.size(), index), kHashBytes);
        const auto tile = read_(level, number).value_or(std::string());
        if (tile.size() == kTileWidth * kHashBytes && said == bytes(fold(tile))) continue;
        complain(
            number * span, (number + 1) * span,
            fmt::format("{} does not fit the tile above it", tile_path(level, number, kTileWidth)));
      }
    }
  }

  // Over the entries themselves, not over the tiles that somebody may have made to fit.
  Hash over_entries(int level, std::uint64_t number) {
    if (level > kBundleLevel) {
      const auto [it, is_new] = known_.try_emplace({level, number});
      if (is_new) {
        it->second =
            node_hash(over_entries(level - 1, number * 2), over_entries(level - 1, number * 2 + 1));
      }
      return it->second;
    }
    const auto first = number << level;
    const auto begin = first % kTileWidth * kHashBytes, length = kHashBytes << level;
    const auto& leaves = leaves_of(first / kTileWidth);
    if (leaves.size() < begin + length) throw std::runtime_error("entries are missing");
    return fold(std::string_view(leaves).substr(begin, length));
  }
  const std::string& leaves_of(std::uint64_t bundle_number) {
    const auto [it, is_new] = leaves_.try_emplace(bundle_number);
    if (!is_new) return it->second;
    const auto bundle = read_(kEntries, bundle_number);
    const auto entries = bundle ? split_bundle(*bundle) : std::nullopt;
    if (entries) {
      for (const auto& entry : *entries) it->second += bytes(leaf_hash(entry));
    }
    return it->second;
  }

  void check_roots() {
    std::uint64_t good = 0;  // the largest checkpoint that holds
    for (const auto& checkpoint : signed_) {
      bool holds = false;
      try {
        holds = root(checkpoint.size, [this](int level, std::uint64_t number) {
                  return over_entries(level, number);
                }) == checkpoint.root;
      } catch (const std::runtime_error&) {
      }
      if (!holds) {
        complain(good, checkpoint.size,
                 fmt::format("entries {} to {} are not those that the checkpoint of size {} signed",
                             good, checkpoint.size - 1, checkpoint.size));
        return;
      }
      good = checkpoint.size;
    }
  }

  const ReadTile& read_;
  const std::size_t most_;
  std::vector<Checkpoint> signed_;
  std::map<std::uint64_t, std::string> leaves_;          // hashes, by bundle
  std::map<std::pair<int, std::uint64_t>, Hash> known_;  // of subtrees above bundles
  Verdict verdict_;
};

}  // namespace

Verdict verify(const ReadTile& read, const std::vector<std::string>& checkpoints,
               std::string_view verifier_key, std::size_t most_faults) {
  Verifier verifier(read, most_faults);
  verifier.take(checkpoints, verifier_key);
  return verifier.run();
}

}  // namespace audit

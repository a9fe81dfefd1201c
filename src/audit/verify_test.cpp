#include "audit/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit/note.h"

namespace {

using audit::Appender, audit::kEntries, audit::kTileWidth, audit::Signer, audit::tile_path;
using ::testing::AllOf, ::testing::Contains, ::testing::ElementsAre, ::testing::Field;
using ::testing::HasSubstr, ::testing::IsEmpty, ::testing::Not;

const std::string kSeed(32, 's');

// A log in memory, with a checkpoint after every `every` entries.
struct Made {
  explicit Made(std::uint64_t size, std::uint64_t every = 100) {
    for (std::uint64_t at = 0; at < size;) {
      Appender tree(at, reader());
      do {
        tree.append("entry " + std::to_string(at));
      } while (++at < size && at % every != 0);
      for (const auto& [place, bytes] : tree.changed()) tiles[place] = bytes;
      checkpoints.push_back(
          signer.sign(audit::write_checkpoint({signer.name(), tree.size(), tree.root()})));
    }
  }
  audit::ReadTile reader() {
    return [this](int level, std::uint64_t number) -> std::optional<std::string> {
      const auto it = tiles.find({level, number});
      return it == tiles.end() ? std::nullopt : std::optional(it->second);
    };
  }
  audit::Verdict verify() { return audit::verify(reader(), checkpoints, signer.verifier_key()); }
  // Entry `at` is another now, and so is its hash if `with_hash`.
  void change(std::uint64_t at, const std::string& to, bool with_hash) {
    auto entries = *audit::split_bundle(tiles[{kEntries, at / kTileWidth}]);
    entries[at % kTileWidth] = to;
    rewrite(at / kTileWidth, entries, with_hash);
  }
  void rewrite(std::uint64_t number, const std::vector<std::string>& entries, bool with_hashes) {
    std::string bundle, hashes;
    for (const auto& entry : entries) {
      audit::append_to_bundle(bundle, entry);
      hashes += audit::bytes(audit::leaf_hash(entry));
    }
    tiles[{kEntries, number}] = bundle;
    if (with_hashes) tiles[{0, number}] = hashes;
  }

  Signer signer{"milepost.example/audit", kSeed};
  Appender::Changed tiles;
  std::vector<std::string> checkpoints;
};

TEST(Verify, FindsNothingWrongWithALogThatGrew) {
  for (const std::uint64_t size : {1, 2, 99, 100, 256, 257, 700, 70'000}) {
    Made log(size, size > 1000 ? 10'000 : 100);
    const auto verdict = log.verify();
    EXPECT_THAT(verdict.faults, IsEmpty()) << size;
    EXPECT_EQ(verdict.size, size);
  }
}

// clause-066.change
TEST(Verify, NamesTheEntryThatWasChanged) {
  Made log(700);
  log.change(423, "entry 423, but other words", false);
  EXPECT_THAT(log.verify().faults,
              Contains(Field(&audit::Fault::what, "entry 423 is not what was logged")));
}

// clause-066.change
TEST(Verify, NamesEntriesThatChangedPlaces) {
  Made log(300);
  auto entries = *audit::split_bundle(log.tiles[{kEntries, 0}]);
  std::swap(entries[17], entries[18]);
  log.rewrite(0, entries, false);
  EXPECT_THAT(log.verify().faults,
              AllOf(Contains(Field(&audit::Fault::what, "entry 17 is not what was logged")),
                    Contains(Field(&audit::Fault::what, "entry 18 is not what was logged"))));
}

// clause-066.change
TEST(Verify, NamesTheEntryFromWhichOnALogWasShortened) {
  Made log(300);
  auto entries = *audit::split_bundle(log.tiles[{kEntries, 1}]);
  entries.pop_back();
  log.rewrite(1, entries, true);
  EXPECT_THAT(log.verify().faults, Contains(Field(&audit::Fault::what, "entry 299 is missing")));
}

// clause-066.change
TEST(Verify, TellsBetweenWhichCheckpointsAForgerWorkedWhoMadeTheTilesFit) {
  Made log(700);
  // The forger writes the whole log anew, all tiles above included, but cannot sign.
  Appender forged(0, [](int, std::uint64_t) { return std::nullopt; });
  for (int at = 0; at < 700; ++at) {
    forged.append(at == 423 ? "entry 423, but other words" : "entry " + std::to_string(at));
  }
  log.tiles = forged.changed();
  const auto verdict = log.verify();
  ASSERT_EQ(verdict.faults.size(), 1u);
  EXPECT_EQ(verdict.faults[0].first, 400u);
  EXPECT_EQ(verdict.faults[0].end, 500u);
}

TEST(Verify, AcceptsNoCheckpointOfAnotherKey) {
  Made log(100);
  const Signer other("milepost.example/audit", std::string(32, 'o'));
  EXPECT_THAT(audit::verify(log.reader(), log.checkpoints, other.verifier_key()).faults,
              Contains(Field(&audit::Fault::what, HasSubstr("not signed by the log's key"))));
  log.checkpoints.clear();
  EXPECT_THAT(log.verify().faults,
              Contains(Field(&audit::Fault::what, "there is no signed checkpoint")));
}

TEST(Verify, NamesATileThatDoesNotFitTheOneAboveIt) {
  Made log(700);
  log.change(300, "forged", true);
  const auto verdict = log.verify();
  EXPECT_THAT(verdict.faults,
              Contains(Field(&audit::Fault::what, "tile/0/001 does not fit the tile above it")));
}

TEST(Tiles, LieWhereTheSpecificationPutsThem) {
  EXPECT_EQ(tile_path(0, 1'234'067, 256), "tile/0/x001/x234/067");
  EXPECT_EQ(tile_path(kEntries, 0, 7), "tile/entries/000.p/7");
  EXPECT_EQ(tile_path(2, 5, 256), "tile/2/005");
}

TEST(Notes, AreSignedAndOpenedAsTheSpecificationSays) {
  const Signer signer("log.example", kSeed);
  const auto note = signer.sign("log.example\n3\nAAAA\n");
  EXPECT_THAT(note, HasSubstr("\n\n\xe2\x80\x94 log.example "));
  EXPECT_EQ(audit::open_note(note, signer.verifier_key()), "log.example\n3\nAAAA\n");
  auto changed = note;
  changed[12] = '4';
  EXPECT_EQ(audit::open_note(changed, signer.verifier_key()), std::nullopt);
  for (std::size_t end = 0; end < note.size(); ++end) {
    EXPECT_EQ(audit::open_note(note.substr(0, end), signer.verifier_key()), std::nullopt) << end;
  }
}

// The example key of the Go module for signed notes, which others verify with.
TEST(Notes, KnowTheVerifierKeysOfOtherPrograms) {
  EXPECT_TRUE(
      audit::is_verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
  EXPECT_TRUE(audit::open_note(
                  "If you think cryptography is the answer to your problem,\n"
                  "then you don't know what your problem is.\n"
                  "\n"
                  "\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUg"
                  "YN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
                  "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
                  .has_value());
  EXPECT_FALSE(
      audit::is_verifier_key("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/"
                             "LDE4izWy10TW"));
}

}  // namespace

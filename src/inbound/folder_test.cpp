#include "inbound/folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "inbound/testing.h"

namespace inbound {
namespace {

namespace fs = std::filesystem;
using store::testing::Engine;
using ::testing::HasSubstr;
using testing::kAccount;

class FolderOn : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world.emplace(GetParam());
    world->add_shipment("A1234", "acme");
    mouth.emplace(world->parts());
    std::string made = (fs::temp_directory_path() / "milepost-inbound-XXXXXX").string();
    ASSERT_NE(::mkdtemp(made.data()), nullptr);
    root = made;
    folder.emplace(FolderOptions{.folder = root.string()}, *mouth, world->clock);
    folder->prepare(kAccount, "lines");
    place = root / "1001" / "lines";
  }
  void TearDown() override {
    if (!root.empty()) fs::remove_all(root);
  }
  void drop(const std::string& name, std::string_view text) {
    std::ofstream(place / "incoming" / name, std::ios::binary) << text;
  }
  // Two looks, far enough apart that what lies still counts as whole.
  Scanned settle_and_scan() {
    folder->scan();
    world->clock.advance(std::chrono::seconds(10));
    return folder->scan();
  }
  std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::optional<testing::World> world;
  std::optional<Mouth> mouth;
  std::optional<Folder> folder;
  fs::path root, place;
};
INSTANTIATE_TEST_SUITE_P(, FolderOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(FolderOn, TakesAFileThatLiesStillAndMovesItToDone) {
  drop("one.txt", "A1234 DLV 2026-05-07");
  EXPECT_EQ(folder->scan().waiting, 1) << "it was seen for the first time";
  world->clock.advance(std::chrono::seconds(9));
  EXPECT_EQ(folder->scan().waiting, 1);
  world->clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(folder->scan().taken, 1);
  EXPECT_FALSE(fs::exists(place / "incoming" / "one.txt"));
  EXPECT_TRUE(fs::exists(place / "done" / "one.txt"));
  ASSERT_EQ(world->taken.size(), 1U);
  EXPECT_EQ(world->taken[0].mouth, shipments::Mouth::Folder);
}

TEST_P(FolderOn, WaitsForAFileThatIsStillBeingWritten) {
  drop("one.txt", "A1234 DLV");
  folder->scan();
  world->clock.advance(std::chrono::seconds(30));
  drop("one.txt", "A1234 DLV 2026-05-07");
  EXPECT_EQ(folder->scan().waiting, 1) << "it grew: the wait begins anew";
  world->clock.advance(std::chrono::seconds(30));
  EXPECT_EQ(folder->scan().taken, 1);
  EXPECT_EQ(world->taken.at(0).report.scans.at(0).time, "2026-05-07");
}

TEST_P(FolderOn, LeavesNamesOfUnfinishedFilesAlone) {
  for (const char* name : {".one.txt", "one.txt.filepart", "one.TMP", "one.txt~", "one.part"})
    drop(name, "A1234 DLV 2026-05-07");
  fs::create_directory(place / "incoming" / "sub");
  const auto scanned = settle_and_scan();
  EXPECT_EQ(scanned.taken + scanned.waiting + scanned.rejected, 0);
}

TEST_P(FolderOn, MovesWhatItRejectsAndSaysWhyBesideIt) {
  drop("bad.txt", "! broken");
  EXPECT_EQ(settle_and_scan().rejected, 1);
  EXPECT_TRUE(fs::exists(place / "rejected" / "bad.txt"));
  EXPECT_THAT(text_of(place / "rejected" / "bad.txt.reason.json"),
              HasSubstr("not a line, at byte 0"));
  drop("bad.txt", "! broken again");
  EXPECT_EQ(settle_and_scan().rejected, 1);
  EXPECT_EQ(text_of(place / "rejected" / "bad.txt"), "! broken") << "nothing is overwritten";
  EXPECT_EQ(text_of(place / "rejected" / "bad.txt.1"), "! broken again");
}

TEST_P(FolderOn, LeavesAFileWhereItIsWhileTheStoreIsBroken) {
  drop("one.txt", "A1234 DLV 2026-05-07");
  world->is_broken = true;
  EXPECT_EQ(settle_and_scan().failed, 1);
  EXPECT_TRUE(fs::exists(place / "incoming" / "one.txt"));
  world->is_broken = false;
  EXPECT_EQ(folder->scan().taken, 1);
}

TEST_P(FolderOn, TakesTheSameFileTwiceWithoutEffect) {
  drop("one.txt", "A1234 DLV 2026-05-07");
  settle_and_scan();
  drop("two.txt", "A1234 DLV 2026-05-07");
  EXPECT_EQ(settle_and_scan().taken, 1);
  EXPECT_EQ(world->taken.size(), 1U);
}

TEST_P(FolderOn, FollowsNoLinkAndReadsNothingTooLarge) {
  std::ofstream(root / "secret") << "A1234 DLV 2026-05-07";
  fs::create_symlink(root / "secret", place / "incoming" / "link.txt");
  EXPECT_EQ(settle_and_scan().rejected, 1);
  EXPECT_TRUE(fs::exists(root / "secret"));
  Folder small({.folder = root.string(), .settle = std::chrono::seconds(0), .largest = 8}, *mouth,
               world->clock);
  drop("large.txt", "A1234 DLV 2026-05-07");
  small.scan();
  EXPECT_EQ(small.scan().rejected, 1);
  EXPECT_TRUE(world->taken.empty());
}

TEST_P(FolderOn, RemovesWhatItKeptAfterItsTime) {
  drop("one.txt", "A1234 DLV 2026-05-07");
  drop("two.txt", "! broken");
  settle_and_scan();
  world->clock.advance(std::chrono::days(13));
  EXPECT_EQ(folder->scan().removed, 0);
  world->clock.advance(std::chrono::days(2));
  EXPECT_GE(folder->scan().removed, 2);
  EXPECT_FALSE(fs::exists(place / "done" / "one.txt"));
  EXPECT_FALSE(fs::exists(place / "rejected" / "two.txt"));
}

TEST_P(FolderOn, IgnoresFoldersThatAreNoAccounts) {
  fs::create_directories(root / "lost+found" / "lines" / "incoming");
  fs::create_directories(root / "-1" / "lines" / "incoming");
  EXPECT_EQ(settle_and_scan().failed, 0);
}

}  // namespace
}  // namespace inbound

#include "personal/sealed_file.h"

#include "personal/forgotten.h"
#include "personal/testing.h"

namespace {

using namespace personal;
using ::testing::ElementsAre, ::testing::HasSubstr, ::testing::IsEmpty, ::testing::SizeIs;

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
std::string read_all(const std::string& path, const MasterKey& key,
                     std::string_view kind = "keys") {
  SealedFileReader reader(path, key, kind);
  std::string all;
  for (auto part = reader.read(); !part.empty(); part = reader.read()) all += part;
  return all;
}

struct SealedFileTest : ::testing::Test {
  void write(std::string_view bytes) {
    SealedFileWriter writer(path, master, "keys");
    for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 1000))) {
      writer.write(bytes.substr(0, 1000));
    }
    writer.finish();
  }
  personal::testing::Folder folder;
  const std::string path = folder.file("backup");
  const MasterKey master = MasterKey::ephemeral();
};

TEST_F(SealedFileTest, GivesBackWhatWasWrittenAndShowsNothingOfIt) {
  for (const std::size_t size : {0u, 1u, 65'536u, 65'537u, 200'000u}) {
    std::string text;
    while (text.size() < size) text += "Ann lives at 12 Harbour Street. ";
    text.resize(size);
    write(text);
    EXPECT_EQ(read_all(path, master), text);
    EXPECT_EQ(slurp(path).find("Harbour"), std::string::npos);
  }
}

TEST_F(SealedFileTest, NoticesWhateverWasDoneToIt) {
  write(std::string(150'000, 'x'));
  const auto whole = slurp(path);
  const auto put = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  };
  for (const std::size_t at : {5u, 30u, 60u, 70'000u, 149'999u}) {
    auto changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    put(changed);
    EXPECT_THROW(read_all(path, master), SealedFileFault) << at;
  }
  for (const std::size_t end : {0u, 20u, 47u, 65'600u, 131'169u}) {
    put(whole.substr(0, end));
    EXPECT_THROW(read_all(path, master), SealedFileFault) << end;
  }
  put(whole + "x");
  EXPECT_THROW(read_all(path, master), SealedFileFault);
  put(whole);
  EXPECT_THROW(read_all(path, MasterKey::ephemeral()), SealedFileFault);
  EXPECT_THROW(read_all(path, master, "main"), SealedFileFault);
}

TEST_F(SealedFileTest, LeavesNothingBehindWhenItIsNotFinished) {
  { SealedFileWriter(path, master, "keys").write("half"); }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST(ForgottenFile, TellsWhoWasForgottenSinceADay) {
  personal::testing::Folder folder;
  ForgottenFile file(folder.file("forgotten"));
  const auto at = [](int s) { return base::from_micros(s * 1'000'000LL); };
  EXPECT_THAT(file.read(at(0)), IsEmpty());
  const std::int64_t some[] = {3, 4}, another[] = {9};
  file.append(at(10), 7, some);
  file.append(at(20), 8, another);
  const auto all = file.read(at(0));
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].account_id, 7);
  EXPECT_THAT(all[0].slots, ElementsAre(3, 4));
  EXPECT_THAT(file.read(at(11)), SizeIs(1));
  file.prune(at(15));
  EXPECT_THAT(file.read(at(0)), SizeIs(1));
}

}  // namespace

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "personal/testing.h"
#include "personal/vault.h"

namespace {

using personal::MasterKey;
using personal::testing::contents;
using personal::testing::Folder;
using ::testing::HasSubstr;

std::string refusal(const std::string& path, bool may_create = false) {
  try {
    (void)MasterKey::load(path, may_create);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "accepted";
}

void write(const std::string& path, std::string_view text, mode_t mode = 0600) {
  std::ofstream(path) << text;
  ::chmod(path.c_str(), mode);
}

// clause-026.dump
TEST(MasterKey, IsMadeOnceForItsOwnerAlone) {
  const Folder folder;
  const auto path = folder.file("master.key");
  (void)MasterKey::load(path, true);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const auto first = contents({folder.path()});
  ASSERT_EQ(first.size(), 1U) << "nothing is left beside it";
  EXPECT_THAT(first[0].second, HasSubstr("milepost master key 1\n"));
  (void)MasterKey::load(path, true);
  EXPECT_EQ(contents({folder.path()}), first) << "never overwritten";
}

// clause-026.dump
TEST(MasterKey, IsRefusedWhenOthersMayReadIt) {
  const Folder folder;
  const auto path = folder.file("master.key");
  (void)MasterKey::load(path, true);
  for (const mode_t mode : {0640U, 0604U, 0620U, 0601U}) {
    ::chmod(path.c_str(), mode);
    EXPECT_THAT(refusal(path), HasSubstr("others than its owner")) << mode;
  }
  ::chmod(path.c_str(), 0400);
  EXPECT_EQ(refusal(path), "accepted");
}

TEST(MasterKey, NamesWhatIsWrongWithItsFile) {
  const Folder folder;
  const auto path = folder.file("master.key");
  const std::string digits(64, 'a');
  EXPECT_THAT(refusal(path), HasSubstr("there is no such file"));
  EXPECT_THAT(refusal(folder.file("no/such/folder/key"), true), HasSubstr("cannot be made"));
  const std::string bad[] = {"",
                             "milepost master key 1\n",
                             "milepost master key 2\n" + digits + "\n",
                             "milepost master key 1\n" + digits.substr(1) + "\n",
                             "milepost master key 1\n" + digits.substr(1) + "g\n",
                             "milepost master key 1\n" + digits + "a\n",
                             "milepost master key 1\n" + digits + "\n\n"};
  for (const auto& text : bad) {
    write(path, text);
    EXPECT_THAT(refusal(path), HasSubstr("it is not a master key")) << text;
    EXPECT_THAT(refusal(path), ::testing::Not(HasSubstr("aaaa"))) << "never shows what is in it";
  }
  write(path, "milepost master key 1\n" + digits);
  EXPECT_EQ(refusal(path), "accepted") << "without its last line's end";
  EXPECT_THAT(refusal("/dev/null"), HasSubstr("not a regular file"));
}

}  // namespace

// What the dictionary's generator refuses, and with which words: it stops the build.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdio.h>
#include <sys/wait.h>

#include <fstream>
#include <iterator>

#include "personal/testing.h"

namespace {

using ::testing::HasSubstr;

struct FieldsTest : ::testing::Test {
  // Its exit status and what it says.
  std::pair<int, std::string> run(const std::string& its_purposes, const std::string& its_fields) {
    std::filesystem::create_directories(folder.file("rooms"));
    std::ofstream(folder.file("purposes.toml")) << its_purposes;
    std::ofstream(folder.file("rooms/fields.toml")) << its_fields;
    std::ofstream(folder.file("rooms/columns.toml")) << columns;
    const auto command = "cd '" + folder.path() + "' && '" MILEPOST_FIELDS_GEN "' . made 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    std::string said;
    for (int c = ::fgetc(pipe); c != EOF; c = ::fgetc(pipe)) said += static_cast<char>(c);
    return {WEXITSTATUS(::pclose(pipe)), said};
  }

  personal::testing::Folder folder;
  const std::string purposes = R"([[purpose]]
id = "Serve"
title = "Serve"
text = "Serve \"them\"."
basis = "contract"
mailbox = false
)";
  const std::string columns = R"([[column]]
table = "shipments"
column = "sealed"
form = "sealed"
retention = "shipment-180d"
subject = "consignee"
[[column]]
table = "shipments"
column = "id"
form = "clear"
)";
  const std::string field = R"([[field]]
id = 1
name = "customer_name"
in = "shipments.sealed"
category = "name"
purposes = ["Serve"]
retention = "shipment-180d"
subject = "consignee"
text = "Name."
)";
  static std::string with(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  }
};

TEST_F(FieldsTest, MakesATypeForEachField) {
  const auto [status, said] = run(purposes, "retired = []\n" + field);
  EXPECT_EQ(status, 0) << said;
  const auto made = [&](const char* name) {
    std::ifstream in(folder.file("made/personal/" + std::string(name)));
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  EXPECT_THAT(made("fields/fields.gen.h"), HasSubstr("struct CustomerName"));
  EXPECT_THAT(made("fields.gen.h"), HasSubstr("\"customer_name\""));
  EXPECT_THAT(made("purposes.gen.h"), HasSubstr(R"(Serve \"them\".)"));
}

TEST_F(FieldsTest, RefusesADictionaryThatSaysTooLittle) {
  const struct {
    std::string from, to, words;
  } cases[] = {
      {"[\"Serve\"]", "[\"Sell\"]",
       "fields.toml:2: \"customer_name\" lists the purpose \"Sell\", which purposes.toml does not "
       "have"},
      {"[\"Serve\"]", "[\"Serve\", \"Serve\"]", "lists the purpose \"Serve\" twice"},
      {"[\"Serve\"]", "[]", "\"purposes\" must be a list"},
      {"category = \"name\"\n", "", "\"category\" is missing"},
      {"\"name\"\npurposes", "\"shoe size\"\npurposes", "category \"shoe size\" is not one of"},
      {"shipment-180d", "for-ever",
       "retention \"for-ever\" of \"customer_name\" is not \"shipment-180d\", as the "
       "entry of shipments.sealed says"},
      {"consignee", "nobody", "subject \"nobody\" of \"customer_name\" is not \"consignee\""},
      {"id = 1", "id = 0", "an id is between 1 and 65535"},
      {"id = 1", "id = 9", "id 9 is retired"},
      {"id = 1", "id = \"1\"", "\"id\" must be a number"},
      {"shipments.sealed", "shipments.id", "there is no sealed column \"shipments.id\""},
      {"customer_name", "CustomerName", "a field's name is written like_this"},
      {"text = \"Name.\"", "text = \"Name.\"\nnote = 1", "fields.toml:11: nobody knows the key"},
      {"text = \"Name.\"", "text = ", "fields.toml:10"},
      {"text = \"Name.\"\n", "text = \"Name.\"\n" + field,
       "fields.toml:11: id 1 belongs to \"customer_name\" already"},
      {"text = \"Name.\"\n", "text = \"Name.\"\n" + with(field, "id = 1", "id = 2"),
       "the field \"customer_name\" stands here twice"},
  };
  for (const auto& [from, to, words] : cases) {
    const auto [status, said] = run(purposes, "retired = [9]\n" + with(field, from, to));
    EXPECT_EQ(status, 1) << to;
    EXPECT_THAT(said, HasSubstr(words));
  }
  EXPECT_THAT(run(with(purposes, "contract", "interest"), field).second,
              HasSubstr("purposes.toml:1: basis \"interest\" is not one of"));
  EXPECT_THAT(run(purposes + purposes, field).second,
              HasSubstr("purposes.toml:7: the purpose \"Serve\" stands here twice"));
}

}  // namespace

// Every connector that is built in asks in well-formed words: nobody but its carrier would notice
// a brace too many.
#include <gtest/gtest.h>

#include "base/text.h"
#include "carriers/connector.h"
#include "carriers/document.h"
#include "carriers/question.h"

namespace carriers {
namespace {

// Letters that every place has to escape.
constexpr std::string_view kAwkward = "a\"b<c>&d e/f";

Settings given(const Definition& definition) {
  Settings settings;
  for (const auto* names : {&definition.access.secrets, &definition.access.optional}) {
    for (const auto& name : *names) settings.secrets.values[name] = kAwkward;
  }
  return settings;
}

void expect_well_formed(const http::Call& call) {
  EXPECT_TRUE(call.url.starts_with("https://") || call.url.starts_with("http://")) << call.url;
  EXPECT_EQ(call.url.find_first_of(" \"<>{}"), std::string::npos) << call.url;
  const auto body = base::trim(call.body);
  if (body.empty()) return;
  Document document;
  if (body.starts_with('<')) {
    const auto parsed = document.parse(Format::Xml, body);
    EXPECT_TRUE(parsed) << parsed.error().says << "\n" << body;
  } else if (body.starts_with('{') || body.starts_with('[')) {
    const auto parsed = document.parse(Format::Json, body);
    EXPECT_TRUE(parsed) << parsed.error().says << "\n" << body;
  }
}

TEST(BuiltInConnectors, AskInWellFormedWords) {
  const auto loaded = Connectors::load("");
  const Circumstances now{base::from_micros(1'767'225'600'000'000), "0123abcd", "token"};
  int asked = 0;
  for (const auto& connector : loaded.connectors->all()) {
    SCOPED_TRACE(std::string(connector->id()));
    const auto& definition = connector->definition();
    if (definition.access.base.empty()) continue;  // its answers arrive by themselves
    ++asked;
    const auto settings = given(definition);
    std::vector<Question> questions;
    for (int i = 0; i < std::min(definition.request.batch, 2); ++i)
      questions.push_back({.number = "NR\"1<&" + std::to_string(i),
                           .postcode = "1234 AB",
                           .ship_date = "2024-05-14",
                           .destination_country = "NL",
                           .key = "k/1",
                           .account = "a&1",
                           .language = "en"});
    const auto call = question_call(definition, settings, questions, now);
    expect_well_formed(call);
    EXPECT_NE((call.url + call.body).find("NR"), std::string::npos) << "the number is not asked";
    if (definition.access.token) expect_well_formed(token_call(definition, settings, now));
  }
  EXPECT_GT(asked, 20);
}

}  // namespace
}  // namespace carriers

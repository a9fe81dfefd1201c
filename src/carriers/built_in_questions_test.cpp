// Every connector that is built in asks in well-formed words: nobody but its carrier would notice
// a brace too many.
#include <gtest/gtest.h>

#include "base/text.h"
#include "carriers/connector.h"
#include "carriers/document.h"
#include "carriers/question.h"
#include "http/message.h"

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

void expect_readable(std::string_view text) {
  text = base::trim(text);
  Document document;
  if (text.starts_with('<')) {
    const auto parsed = document.parse(Format::Xml, text);
    EXPECT_TRUE(parsed) << parsed.error().says << "\n" << text;
  } else if (text.starts_with('{') || text.starts_with('[')) {
    const auto parsed = document.parse(Format::Json, text);
    EXPECT_TRUE(parsed) << parsed.error().says << "\n" << text;
  }
}

// Documents inside the values of a query or form.
void expect_readable_values(std::string_view fields) {
  for (auto at = fields.find('='); at != std::string_view::npos; at = fields.find('=', at + 1)) {
    const auto value = fields.substr(at + 1, fields.find('&', at) - at - 1);
    if (value.starts_with('%')) expect_readable(http::percent_decode(value, http::Plus::IsSpace));
  }
}

void expect_well_formed(const http::Call& call) {
  EXPECT_TRUE(call.url.starts_with("https://") || call.url.starts_with("http://")) << call.url;
  EXPECT_EQ(call.url.find_first_of(" \"<>{}"), std::string::npos) << call.url;
  expect_readable(call.body);
  expect_readable_values(
      std::string_view(call.url).substr(std::min(call.url.find('?'), call.url.size())));
  if (call.body.find("=%") != std::string::npos) expect_readable_values(call.body);
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
    if (definition.request.registration)
      expect_well_formed(
          registration_call(definition, settings, std::span(questions).first(1), now));
    if (definition.access.token) expect_well_formed(token_call(definition, settings, now));
  }
  EXPECT_GT(asked, 20);
}

}  // namespace
}  // namespace carriers

#include "carriers/definition.h"

#include <gtest/gtest.h>

#include "carriers/starter.h"

namespace {

using carriers::Definition, carriers::DefinitionMistake, carriers::parse_definition;

constexpr std::string_view kCodes = "code\ttext\tstatus\tsource\n";
constexpr std::string_view kLeast = R"([carrier]
name = "Least"
[[answer]]
shipments = "parcel"
)";

std::vector<std::string> mistakes_of(const std::string& toml, std::string_view codes = kCodes) {
  std::vector<DefinitionMistake> mistakes;
  const auto definition = parse_definition("least", "least", toml, codes, mistakes);
  EXPECT_EQ(definition.has_value(), mistakes.empty());
  std::vector<std::string> out;
  for (const auto& mistake : mistakes) out.push_back(describe(mistake));
  return out;
}

std::string least_with(std::string_view more) { return std::string(kLeast) + std::string(more); }

TEST(Definition, TakesTheLeastThereCanBe) {
  EXPECT_EQ(mistakes_of(std::string(kLeast)), std::vector<std::string>{});
}

TEST(Definition, NamesFileLineAndKeyOfEachMistake) {
  const std::pair<const char*, const char*> cases[] = {
      {"order = \"newest\"\n", "least/connector.toml:5: answer.order: 'newest' is none of"},
      {"colour = 1\n", "least/connector.toml:5: answer.colour: there is no such key"},
      {"[answer.shipment]\nnumber = \"a..b\"\n", "connector.toml:6: answer.shipment.number: "},
      {"[answer.shipment]\nnumber = { path = \"a\", match = \"(\" }\n",
       "answer.shipment.number.match: the pattern does not compile"},
      {"[answer.shipment]\nnumber = { path = \"a\", matchh = \"x\" }\n",
       "answer.shipment.number.matchh: there is no such key"},
      {"[answer.shipment]\nnumber = { path = \"a\", text = \"b\" }\n", "one of path, join"},
      {"[answer.shipment]\nestimate = { value = \"a\", formats = [\"%Q\"] }\n",
       "answer.shipment.estimate.formats: '%Q' is none of"},
      {"[answer.shipment]\nestimate = { value = \"a\", zone = \"Mars/Olympus\" }\n",
       "is no zone that this system knows"},
      {"[answer.event]\ndescription = \"x\"\n", "which nodes are the events?"},
      {"events = \"e\"\n", "the section [answer.event] is missing"},
      {"[[error]]\nwhen = \"x\"\n", "which class of error"},
      {"[[error]]\nclass = \"auth\"\n", "known by http, when or for_each"},
      {"[[error]]\nclass = \"oops\"\nhttp = 500\n", "'oops' is none of notfound"},
      {"[request]\npath = \"/{nmber}\"\n", "connector.toml:6: request.path: '{nmber}' is no name"},
      {"[request]\nneeds = [\"shoe_size\"]\n", "'shoe_size' is none of"},
      {"[access]\nkind = \"oauth2\"\n", "needs a section [access.oauth2]"},
      {"[access]\nkind = \"signed\"\n", "needs a section [access.signature]"},
      {"[limits]\nper_second = -1\n", "limits.per_second: should be a number"},
      {"[nonsense]\na = 1\n", "connector.toml:5: nonsense: there is no such key"},
      {"[broken\n", "connector.toml:5"},
  };
  for (const auto& [more, says] : cases) {
    const auto mistakes = mistakes_of(least_with(more));
    ASSERT_FALSE(mistakes.empty()) << more;
    EXPECT_NE(mistakes.front().find(says), std::string::npos) << more << mistakes.front();
  }
}

TEST(Definition, TellsAllMistakesAtOnce) {
  EXPECT_EQ(mistakes_of(least_with("a = 1\nb = 2\n[limits]\nc = 3\n")).size(), 3u);
}

TEST(Definition, NamesTheLineOfACodeThatIsNoStatus) {
  const auto mistakes =
      mistakes_of(std::string(kLeast), "code\ttext\tstatus\tsource\nA\t\tgone\t\n");
  ASSERT_EQ(mistakes.size(), 1u);
  EXPECT_TRUE(mistakes.front().starts_with("least/codes.tsv:2")) << mistakes.front();
}

TEST(Definition, ReadsHowACarrierIsAsked) {
  std::vector<DefinitionMistake> mistakes;
  const auto d = parse_definition("x", "x", least_with(R"(
[access]
base = "https://api.example.com"
kind = "oauth2"
secrets = ["client_id", "client_secret"]
[access.oauth2]
url = "{base}/token"
send = "form"
form = { scope = "track" }
[request]
method = "POST"
path = "/track"
body = '{ "numbers": [ {numbers} ] }'
each = '{ "n": "{number}" }'
batch = 30
needs = ["postcode"]
)"),
                                  kCodes, mistakes);
  ASSERT_TRUE(d) << describe(mistakes.front());
  EXPECT_EQ(d->access.kind, carriers::AccessKind::OAuth2);
  ASSERT_TRUE(d->access.token);
  EXPECT_TRUE(d->access.token->url.uses("base"));
  EXPECT_EQ(d->access.token->bearer_header, "Authorization");
  EXPECT_EQ(d->access.token->bearer.source, "Bearer {token}");
  ASSERT_EQ(d->access.token->bearer.pieces.size(), 2u);
  EXPECT_EQ(d->access.token->bearer.pieces[0].text, "Bearer ");
  EXPECT_TRUE(d->request.body.uses("numbers"));
  EXPECT_EQ(d->request.batch, 30);
  EXPECT_EQ(d->request.needs, std::vector{carriers::Need::Postcode});
}

TEST(Starter, IsAConnectorThatPasses) {
  std::map<std::string, std::string> files;
  for (const auto& file : carriers::starter_folder("our-own")) files[file.path] = file.bytes;
  std::vector<DefinitionMistake> mistakes;
  const auto definition = parse_definition("our-own", "our-own", files.at("connector.toml"),
                                           files.at("codes.tsv"), mistakes);
  for (const auto& mistake : mistakes) ADD_FAILURE() << describe(mistake);
  ASSERT_TRUE(definition);
  EXPECT_EQ(definition->courier, "our-own");
}

}  // namespace

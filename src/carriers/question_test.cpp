#include "carriers/question.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace carriers {
namespace {

Definition defined(const std::string& toml) {
  std::vector<DefinitionMistake> mistakes;
  auto definition = parse_definition(
      "test", "test",
      "[carrier]\nname = \"Test\"\n" + toml +
          "[[answer]]\nformat = \"json\"\nshipments = \"a\"\n[answer.shipment]\nnumber = \"n\"\n",
      "code\ttext\tstatus\tsource\n*\t\tdelivered\ttest\n", mistakes);
  for (const auto& mistake : mistakes) ADD_FAILURE() << describe(mistake);
  return definition ? std::move(*definition) : Definition{};
}

std::string header(const http::Call& call, std::string_view name) {
  for (const auto& [key, value] : call.headers) {
    if (key == name) return value;
  }
  return "(none)";
}

const Circumstances kNow{base::from_micros(1'767'225'600'000'000), "0123abcd", "tok"};

http::Call asked(const std::string& toml, const Settings& settings,
                 std::vector<Question> questions) {
  return question_call(defined(toml), settings, questions, kNow);
}

// clause-079a.declared
TEST(QuestionCall, FillsInWhatTheDefinitionNames) {
  Settings settings;
  settings.secrets.values = {{"key", "k&1"}};
  const auto call = asked(R"(
[access]
base = "https://carrier.example/api/"
kind = "headers"
secrets = ["key"]
headers = { X-Key = "{key}", X-None = "{account}" }
[request]
path = "/v1/{number}"
query = { when = "{now}", list = "a,b c" }
headers = { transId = "{id}" }
)",
                          settings, {{.number = "A/1"}});
  EXPECT_EQ(call.method, "GET");
  EXPECT_EQ(call.url,
            "https://carrier.example/api/v1/A%2F1?when=2026-01-01T00%3A00%3A00Z&list=a,b%20c");
  EXPECT_EQ(header(call, "X-Key"), "k&1");
  EXPECT_EQ(header(call, "X-None"), "(none)") << "nobody knows it: left out";
  EXPECT_EQ(header(call, "transId"), "0123abcd");
  EXPECT_FALSE(call.may_be_private);
}

TEST(QuestionCall, GoesWhereTheOperatorSays) {
  Settings settings;
  settings.base = "http://127.0.0.1:9000";
  settings.proxy = "http://proxy:3128";
  const auto call = asked(
      "[access]\nbase = \"https://a.example\"\n[request]\npath = \"/{number}?x=1\"\n"
      "query = { q = \"2\" }\n",
      settings, {{.number = "A"}});
  EXPECT_EQ(call.url, "http://127.0.0.1:9000/A?x=1&q=2");
  EXPECT_TRUE(call.may_be_private);
  EXPECT_EQ(call.proxy, "http://proxy:3128");
}

TEST(QuestionCall, PutsSeveralNumbersWhereTheyBelong) {
  const auto in_path = asked(
      "[access]\nbase = \"https://a.example\"\n[request]\npath = \"/t?n={numbers}\"\nbatch = 5\n"
      "numbers = \"&n=\"\n",
      {}, {{.number = "A&"}, {.number = "B"}});
  EXPECT_EQ(in_path.url, "https://a.example/t?n=A%26&n=B");
  const auto in_query = asked(
      "[access]\nbase = \"https://a.example\"\n[request]\npath = \"/t\"\nbatch = 5\n"
      "query = { n = \"{numbers}\" }\n",
      {}, {{.number = "A,"}, {.number = "B"}});
  EXPECT_EQ(in_query.url, "https://a.example/t?n=A%2C,B");
}

TEST(QuestionCall, EscapesABodyThatDoesNotSayWhatItIs) {
  const auto xml = asked(
      "[access]\nbase = \"https://a.example\"\n[request]\nmethod = \"POST\"\n"
      "path = \"/\"\nbody = \"\"\"\n<n>{number}</n>\"\"\"\n",
      {}, {{.number = "<"}});
  EXPECT_EQ(xml.body, "<n>&lt;</n>");
  EXPECT_EQ(header(xml, "Content-Type"), "text/xml; charset=utf-8");
}

TEST(TokenCall, ComesInTheFormsOfOAuth2) {
  Settings settings;
  settings.secrets.values = {
      {"client_id", "me"}, {"client_secret", "s/1"}, {"username", "u"}, {"password", "p&"}};
  const auto call = [&](const std::string& more) {
    return token_call(defined("[access]\nbase = \"https://a.example\"\nkind = \"oauth2\"\n"
                              "secrets = [\"client_id\", \"client_secret\"]\n"
                              "optional = [\"username\", \"password\"]\n"
                              "[access.oauth2]\nurl = \"{base}/token\"\n" +
                              more + "[request]\npath = \"/{number}\"\n"),
                      settings, kNow);
  };
  const auto basic =
      call("form = { scope = \"a b\" }\nheaders = { X-Merchant = \"{client_id}\" }\n");
  EXPECT_EQ(basic.method, "POST");
  EXPECT_EQ(basic.url, "https://a.example/token");
  EXPECT_EQ(header(basic, "Authorization"), "Basic " + base::to_base64("me:s/1"));
  EXPECT_EQ(header(basic, "Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(header(basic, "X-Merchant"), "me");
  EXPECT_EQ(basic.body, "scope=a%20b&grant_type=client_credentials");
  const auto form = call("send = \"form\"\ngrant = \"password\"\n");
  EXPECT_EQ(header(form, "Authorization"), "(none)");
  EXPECT_EQ(form.body,
            "grant_type=password&username=u&password=p%26&client_id=me&client_secret=s%2F1");
  const auto json = call("send = \"json\"\nform = { client_id = \"other\" }\n");
  EXPECT_EQ(json.body,
            R"({"client_id":"other","grant_type":"client_credentials","client_secret":"s/1"})");
  EXPECT_EQ(header(json, "Content-Type"), "application/json");
}

TEST(TokenCall, IsPrivateOnlyWhereTheOperatorPutTheBase) {
  Settings settings;
  settings.base = "http://127.0.0.1:9000";
  const auto call = [&](const std::string& url) {
    return token_call(defined("[access]\nbase = \"https://a.example\"\nkind = \"oauth2\"\n"
                              "[access.oauth2]\nurl = \"" +
                              url + "\"\n[request]\npath = \"/{number}\"\n"),
                      settings, kNow);
  };
  EXPECT_TRUE(call("{base}/token").may_be_private);
  EXPECT_FALSE(call("https://login.example/token").may_be_private);
}

// A document in a form is escaped twice: once as the document, once as the form's value.
TEST(QuestionCall, PutsASignedDocumentIntoAForm) {
  Settings settings;
  settings.secrets.values = {{"partner", "p&q"}, {"word", "w\xC3\xB6rd"}};
  const auto call = asked(R"(
[access]
base = "https://a.example"
kind = "signed"
secrets = ["partner", "word"]
[access.signature]
text = "{message}{now_ms}{word}"
form_encoded = true
hash = "md5"
[request]
method = "POST"
form = { who = "{partner}", sign = "{signature}", at = "{now_ms}", data = "{message}" }
message = """{{"n":[{numbers}]}"""
each = '"{number}"'
batch = 2
)",
                          settings, {{.number = "A\"1&"}, {.number = "B 2"}});
  EXPECT_EQ(header(call, "Content-Type"), "application/x-www-form-urlencoded");
  // The digest was computed apart, by other software.
  EXPECT_EQ(call.body,
            "who=p%26q&sign=I0aJiN%2BEL%2Bbs01a9j%2BEibQ%3D%3D&at=1767225600000&"
            "data=%7B%22n%22%3A%5B%22A%5C%221%26%22%2C%22B%202%22%5D%7D");
}

TEST(QuestionCall, EscapesADocumentInAQueryAsWhatItIs) {
  const auto call = asked(
      "[access]\nbase = \"https://a.example\"\n[request]\npath = \"/t\"\n"
      "query = { xml = \"{message}\" }\nmessage = '<d n=\"{number}\"/>'\n",
      {}, {{.number = "A\"<1"}});
  EXPECT_EQ(call.url, "https://a.example/t?xml=%3Cd%20n%3D%22A%26quot%3B%26lt%3B1%22%2F%3E");
}

TEST(QuestionCall, SignsUnderAKeyInTheLettersAskedFor) {
  Settings settings;
  settings.secrets.values = {{"key", "Jefe"}};
  const auto call = asked(R"(
[access]
base = "https://a.example"
kind = "signed"
secrets = ["key"]
headers = { X-Sign = "{signature}" }
[access.signature]
text = "what do ya want for {number}?"
key = "{key}"
hash = "sha256"
encoding = "upper_hex"
[request]
path = "/t"
)",
                          settings, {{.number = "nothing"}});
  // RFC 4231, test case 2.
  EXPECT_EQ(header(call, "X-Sign"),
            "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843");
}

// Else whoever asks a simulated carrier would show its secrets to the true one's token service.
TEST(TokenCall, GoesWhereTheOperatorPutTheTokenService) {
  Settings settings;
  settings.base = "http://127.0.0.1:9000/gls";
  settings.token_base = "http://127.0.0.1:9000/gls/";
  const auto call = [&](const std::string& url) {
    return token_call(defined("[access]\nbase = \"https://a.example\"\nkind = \"oauth2\"\n"
                              "[access.oauth2]\nurl = \"" +
                              url + "\"\n[request]\npath = \"/{number}\"\n"),
                      settings, kNow);
  };
  EXPECT_EQ(call("{base}/token").url, "http://127.0.0.1:9000/gls/token");
  EXPECT_EQ(call("https://login.example/v2/token?x=1").url,
            "http://127.0.0.1:9000/gls/v2/token?x=1");
  EXPECT_EQ(call("https://login.example").url, "http://127.0.0.1:9000/gls/");
  EXPECT_TRUE(call("https://login.example/v2/token").may_be_private);
}

TEST(NextPage, StaysWithTheOrigin) {
  http::Call call;
  call.url = "https://a.example/t?x=1";
  EXPECT_EQ(next_page(call, "/t?x=2")->url, "https://a.example/t?x=2");
  EXPECT_EQ(next_page(call, "https://a.example/u")->url, "https://a.example/u");
  for (const char* elsewhere : {"https://a.example.evil/", "https://a.example@evil/", "//evil/",
                                "http://a.example/", "t?x=2", "", "https://a.example:8443/"})
    EXPECT_FALSE(next_page(call, elsewhere)) << elsewhere;
}

}  // namespace
}  // namespace carriers

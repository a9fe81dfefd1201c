// The sections carrier, access, request and limits; the answers are read in mapping.cpp.
#include "carriers/definition.h"

#include "base/text.h"
#include "carriers/mapping.h"
#include "carriers/section.h"

namespace carriers {
namespace {

constexpr std::string_view kAccessKinds[] = {"none", "basic",  "headers", "query",
                                             "body", "oauth2", "signed",  "login"};
constexpr std::string_view kNeeds[] = {"postcode", "ship_date", "destination_country", "key",
                                       "account"};
// What every template knows; the secrets come beside.
constexpr std::string_view kNames[] = {"number",   "numbers",   "id",
                                       "now",      "now_ms",    "language",
                                       "postcode", "ship_date", "destination_country",
                                       "key",      "account",   "courier",
                                       "base",     "token",     "message",
                                       "signature"};

// Reads the templates of one definition, whose names the secrets extend.
class Templates {
 public:
  explicit Templates(const Access& access) : access_(access) {}

  Template read(Section& section, std::string_view key, std::string otherwise = {}) const {
    return compile(section, key, section.text(key, std::move(otherwise)));
  }

  NamedTemplates named(Section& section, std::string_view key) const {
    NamedTemplates out;
    auto table = section.section(key);
    if (!table) return out;
    std::vector<std::pair<std::size_t, std::string>> in_order;
    for (const auto& [name, node] : table->table()) {
      const auto& at = node.source().begin;
      in_order.emplace_back(std::size_t{at.line} << 32 | at.column, std::string(name.str()));
    }
    std::sort(in_order.begin(), in_order.end());
    for (const auto& [place, name] : in_order) out.emplace_back(name, read(*table, name));
    return out;
  }

 private:
  Template compile(Section& section, std::string_view key, const std::string& source) const {
    auto parsed = parse_template(source);
    if (!parsed) {
      section.wrong(key, parsed.error());
      return {};
    }
    for (const auto& piece : parsed.value().pieces) {
      if (piece.is_name && !knows(piece.text))
        section.wrong(key, fmt::format("'{{{}}}' is no name here: neither a secret nor one of {}",
                                       piece.text, fmt::join(kNames, ", ")));
    }
    return std::move(parsed).value();
  }

  bool knows(std::string_view word) const {
    const auto in = [&](const auto& list) {
      return std::find(list.begin(), list.end(), word) != list.end();
    };
    return std::find(std::begin(kNames), std::end(kNames), word) != std::end(kNames) ||
           in(access_.secrets) || in(access_.optional);
  }

  const Access& access_;
};

void read_carrier(Section section, Definition& into) {
  into.name = section.text("name");
  if (into.name.empty()) section.wrong("name", "a carrier has a name");
  into.courier = section.text("courier", into.id);
  into.also = section.texts("also");
  into.is_upstream = section.word("kind", {"carrier", "upstream"}) == "upstream";
  into.documentation = section.text("documentation");
  into.evidence = section.word("evidence", {"documentation", "sample", "live"});
  into.is_official = section.truth("official");
  into.zone = section.text("zone");
  if (!into.zone.empty() && !is_zone(into.zone))
    section.wrong("zone", "'" + into.zone + "' is no zone that this system knows");
  into.language = section.text("language");
  into.standard = section.word("standard", {"", "upu-emsevt", "x12-214", "x12-1650",
                                            "edifact-rec24", "gs1-cbv", "dcsa-tnt", "iata-fsu"});
  section.finish();
}

TokenAccess read_token(Section section, const Templates& templates, bool is_oauth2) {
  TokenAccess token;
  token.method = section.word("method", {"POST", "GET", "PUT"});
  token.url = templates.read(section, "url");
  if (token.url.empty()) section.wrong("url", "a token is asked for somewhere");
  token.grant = section.text("grant", is_oauth2 ? "client_credentials" : "");
  const auto send = section.word("send", {"basic", "form", "json"});
  token.send = send == "basic"  ? TokenAccess::Send::Basic
               : send == "form" ? TokenAccess::Send::Form
                                : TokenAccess::Send::Json;
  token.form = templates.named(section, "form");
  token.headers = templates.named(section, "headers");
  token.body = templates.read(section, "body");
  token.content_type = section.text("content_type");
  token.format = section.word("format", {"json", "xml"}) == "xml" ? Format::Xml : Format::Json;
  token.token = section.value("token");
  if (!token.token) {
    token.token.kind = Value::Kind::Path;
    token.token.path = Path::parse("access_token").value();
  }
  token.seconds = section.value("seconds");
  token.lifetime = static_cast<int>(section.whole("lifetime", 3600, 1, 31'536'000));
  const auto bearer =
      templates.read(section, "bearer", is_oauth2 ? "Authorization: Bearer {token}" : "");
  if (!bearer.empty()) {
    const auto colon = bearer.source.find(':');
    if (colon == std::string::npos || bearer.pieces.front().is_name ||
        bearer.pieces.front().text.find(':') == std::string::npos) {
      section.wrong("bearer", "should be a header: \"Authorization: Bearer {token}\"");
    } else {
      token.bearer_header = bearer.source.substr(0, colon);
      token.bearer = bearer;
      auto& first = token.bearer.pieces.front().text;
      first = std::string(base::trim(std::string_view(first).substr(colon + 1)));
      if (first.empty())
        token.bearer.pieces.erase(token.bearer.pieces.begin());
      else
        first += ' ';
      token.bearer.source = std::string(base::trim(bearer.source.substr(colon + 1)));
    }
  }
  section.finish();
  return token;
}

Signature read_signature(Section section, const Templates& templates) {
  Signature signature;
  signature.text = templates.read(section, "text");
  if (signature.text.empty()) section.wrong("text", "what is signed?");
  signature.key = templates.read(section, "key");
  const auto hash = section.word("hash", {"md5", "sha1", "sha256"});
  signature.hash = hash == "md5"    ? Signature::Hash::Md5
                   : hash == "sha1" ? Signature::Hash::Sha1
                                    : Signature::Hash::Sha256;
  const auto encoding = section.word("encoding", {"base64", "hex", "upper_hex"});
  signature.encoding = encoding == "base64" ? Signature::Encoding::Base64
                       : encoding == "hex"  ? Signature::Encoding::Hex
                                            : Signature::Encoding::UpperHex;
  signature.is_form_encoded = section.truth("form_encoded");
  section.finish();
  return signature;
}

void read_access(Section section, Access& into) {
  into.base = section.text("base");
  const auto kind = section.word(
      "kind", {"none", "basic", "headers", "query", "body", "oauth2", "signed", "login"});
  into.kind = static_cast<AccessKind>(
      std::find(std::begin(kAccessKinds), std::end(kAccessKinds), kind) - std::begin(kAccessKinds));
  into.secrets = section.texts("secrets");
  into.optional = section.texts("optional");
  const Templates templates(into);
  into.user = templates.read(section, "user", into.kind == AccessKind::Basic ? "{user}" : "");
  into.password =
      templates.read(section, "password", into.kind == AccessKind::Basic ? "{password}" : "");
  into.headers = templates.named(section, "headers");
  into.query = templates.named(section, "query");
  if (auto signature = section.section("signature"))
    into.signature = read_signature(std::move(*signature), templates);
  if (into.kind == AccessKind::Signed && !into.signature)
    section.wrong("kind", "needs a section [access.signature]");
  for (const auto* name : {"oauth2", "login"}) {
    auto token = section.section(name);
    if (token)
      into.token = read_token(std::move(*token), templates, std::string_view(name) == "oauth2");
  }
  if ((into.kind == AccessKind::OAuth2 || into.kind == AccessKind::Login) && !into.token)
    section.wrong("kind", "needs a section [access." + kind + "]");
  section.finish();
}

Paging read_pages(Section section) {
  Paging pages;
  pages.next = section.value("next");
  pages.offset = section.text("offset");
  pages.step = static_cast<int>(section.whole("step", 0, 0, 100'000));
  pages.total = section.value("total");
  if (pages.next) pages.kind = Paging::Kind::Next;
  if (!pages.offset.empty()) {
    pages.kind = Paging::Kind::Offset;
    if (pages.step == 0) section.wrong("step", "how many are on one page?");
  }
  if (pages.kind == Paging::Kind::None) section.wrong("next", "pages need next or offset");
  section.finish();
  return pages;
}

void read_shape(Section& section, const Templates& templates, CallShape& into) {
  into.method = section.word("method", {"GET", "POST", "PUT"});
  into.path = templates.read(section, "path");
  into.query = templates.named(section, "query");
  into.headers = templates.named(section, "headers");
  into.body = templates.read(section, "body");
  into.content_type = section.text("content_type");
  into.form = templates.named(section, "form");
  if (!into.form.empty() && !into.body.empty())
    section.wrong("form", "stands instead of a body, not beside it");
  into.message = templates.read(section, "message");
  into.message_type = section.text("message_type");
  into.batch = static_cast<int>(section.whole("batch", 1, 1, 1000));
  into.between = section.text("numbers", ",");
  into.each = templates.read(section, "each");
}

Registration read_registration(Section section, const Templates& templates) {
  Registration registration;
  read_shape(section, templates, registration);
  registration.is_for_missing = section.truth("missing");
  section.finish();
  return registration;
}

void read_request(Section section, const Templates& templates, Request& into) {
  read_shape(section, templates, into);
  for (const auto& word : section.texts("needs")) {
    const auto* found = std::find(std::begin(kNeeds), std::end(kNeeds), word);
    if (found == std::end(kNeeds))
      section.wrong("needs", fmt::format("'{}' is none of {}", word, fmt::join(kNeeds, ", ")));
    else
      into.needs.push_back(static_cast<Need>(found - std::begin(kNeeds)));
  }
  if (auto pages = section.section("pages")) into.pages = read_pages(std::move(*pages));
  into.not_found_is_404 = section.truth("not_found_is_404");
  if (auto registration = section.section("register"))
    into.registration = read_registration(std::move(*registration), templates);
  section.finish();
}

void read_limits(Section section, Limits& into) {
  into.per_second = section.real("per_second", into.per_second, 0.0001, 10'000);
  into.per_day = section.whole("per_day", 0, 0, 1'000'000'000);
  into.concurrency = static_cast<int>(section.whole("concurrency", into.concurrency, 1, 1000));
  into.deadline_ms = static_cast<int>(section.whole("deadline_ms", into.deadline_ms, 100, 120'000));
  into.min_gap_minutes =
      static_cast<int>(section.whole("min_gap_minutes", into.min_gap_minutes, 0, 10'080));
  into.days_kept = static_cast<int>(section.whole("days_kept", 0, 0, 3650));
  section.finish();
}

Push read_push(Section section) {
  Push push;
  push.verify = section.word("verify", {"header", "path", "hmac"});
  push.header = section.text("header");
  push.prefix = section.text("prefix");
  push.algorithm = section.word("algorithm", {"sha256", "sha1", "sha512"});
  push.encoding = section.word("encoding", {"hex", "base64"});
  push.setup = section.text("setup");
  if (push.verify == "hmac" && push.header.empty())
    section.wrong("header", "in which header is the signature?");
  section.finish();
  return push;
}

void read_sections(const toml::table& table, Definition& into, MistakeList& mistakes) {
  Section root(table, "", mistakes);
  if (auto carrier = root.section("carrier"))
    read_carrier(std::move(*carrier), into);
  else
    root.wrong("carrier", "the section [carrier] is missing");
  if (auto access = root.section("access")) read_access(std::move(*access), into.access);
  const Templates templates(into.access);
  if (auto request = root.section("request"))
    read_request(std::move(*request), templates, into.request);
  if (auto limits = root.section("limits")) read_limits(std::move(*limits), into.limits);
  if (auto reading = root.section("reading")) {
    into.inner = reading->paths("inner");
    reading->finish();
  }
  if (auto push = root.section("push")) into.push = read_push(std::move(*push));
  read_answers(root, into);
  read_errors(root, into);
  if (into.answers.empty()) root.wrong("answer", "there is no [[answer]]: nothing could be read");
  root.finish();
}

}  // namespace

std::string_view name(AccessKind kind) { return kAccessKinds[static_cast<std::size_t>(kind)]; }
std::string_view name(Need need) { return kNeeds[static_cast<std::size_t>(need)]; }

std::optional<Definition> parse_definition(std::string_view id, std::string_view where,
                                           std::string_view toml, std::string_view codes_tsv,
                                           std::vector<DefinitionMistake>& mistakes) {
  const auto before = mistakes.size();
  const std::string folder(where);
  Definition definition;
  definition.id = id;
  MistakeList list(folder + "/connector.toml", mistakes);
  try {
    const auto table = toml::parse(toml);
    read_sections(table, definition, list);
  } catch (const toml::parse_error& error) {
    list.add(static_cast<int>(error.source().begin.line), "", std::string(error.description()));
  }
  auto codes = journey::CodeTable::parse(codes_tsv);
  if (codes)
    definition.codes = std::move(codes).value();
  else
    mistakes.push_back({folder + "/codes.tsv", codes.error().line, "", codes.error().says});
  if (mistakes.size() > before) return std::nullopt;
  return definition;
}

}  // namespace carriers

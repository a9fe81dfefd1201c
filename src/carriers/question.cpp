#include "carriers/question.h"

#include <algorithm>

#include "base/text.h"
#include "carriers/call_parts.h"
#include "crypto/hash.h"

namespace carriers {
namespace {

using namespace parts;

void set_question(Words& words, const Definition& definition, const Question& question) {
  words.set("number", question.number);
  words.set("postcode", question.postcode);
  words.set("ship_date", question.ship_date);
  words.set("destination_country", question.destination_country);
  words.set("key", question.key);
  words.set("account", question.account);
  words.set("courier", question.courier);
  const auto& otherwise = definition.language.empty() ? "en" : definition.language;
  words.set("language", question.language.empty() ? otherwise : question.language);
}

void add_parameter(std::string& url, std::string_view name, std::string_view value) {
  url += url.find('?') == std::string::npos ? '?' : '&';
  url.append(escaped(name, Escape::Query)).append("=").append(value);
}

// A definition that does not say what a document is: by how it begins, so that values are escaped
// in any case.
std::string content_type_of(const std::string& said, const Template& document) {
  if (!said.empty()) return said;
  const auto text = base::trim(document.source);
  if (text.starts_with('<')) return "text/xml; charset=utf-8";
  return text.starts_with('{') || text.starts_with('[') ? "application/json" : "";
}

std::string digest(Signature::Hash hash, std::string_view text) {
  switch (hash) {
    case Signature::Hash::Md5:
      return crypto::md5(text);
    case Signature::Hash::Sha1:
      return crypto::sha1(text);
    case Signature::Hash::Sha256:
      break;
  }
  return crypto::sha256(text);
}

std::string keyed_digest(Signature::Hash hash, std::string_view key, std::string_view text) {
  switch (hash) {
    case Signature::Hash::Md5:
      return crypto::hmac_md5(key, text);
    case Signature::Hash::Sha1:
      return crypto::hmac_sha1(key, text);
    case Signature::Hash::Sha256:
      break;
  }
  return crypto::hmac_sha256(key, text);
}

std::string signature_of(const Signature& signature, const Words& words) {
  auto text = render(signature.text, words, Escape::Plain);
  if (signature.is_form_encoded) text = form_encoded(text);
  const auto bytes =
      signature.key.empty()
          ? digest(signature.hash, text)
          : keyed_digest(signature.hash, render(signature.key, words, Escape::Plain), text);
  if (signature.encoding == Signature::Encoding::Base64) return base::to_base64(bytes);
  auto hex = base::to_hex(bytes);
  return signature.encoding == Signature::Encoding::Hex ? hex : base::upper(hex);
}

// One call of one shape, for some questions.
class CallBuilder {
 public:
  CallBuilder(const Definition& definition, const CallShape& shape, const Settings& settings,
              std::span<const Question> questions, const Circumstances& circumstances)
      : definition_(definition),
        shape_(shape),
        settings_(settings),
        questions_(questions),
        common_(words_of(questions.front(), circumstances)),
        circumstances_(circumstances) {
    if (!shape.message.empty()) {
      const auto where = escape_of_body(content_type_of(shape.message_type, shape.message));
      common_.set("message", render(shape.message, words(where), where));
    }
    if (definition.access.signature)
      common_.set("signature", signature_of(*definition.access.signature, words(Escape::Plain)));
  }

  http::Call build() const {
    http::Call call;
    call.method = shape_.method;
    set_route(call, settings_);
    call.url =
        base_of(definition_, settings_) + render(shape_.path, words(Escape::Path), Escape::Path);
    const auto in_query = words(Escape::Query);
    add_query(call.url, shape_.query, in_query);
    add_query(call.url, definition_.access.query, in_query);
    add_all_headers(call);
    add_body(call);
    return call;
  }

 private:
  Words words_of(const Question& question, const Circumstances& circumstances) const {
    Words out;
    set_question(out, definition_, question);
    set_general(out, definition_, settings_, circumstances);
    return out;
  }
  // The words of each place differ in how {numbers} is written there.
  Words words(Escape where) const {
    auto out = common_;
    out.set_as_is("numbers", numbers(where));
    return out;
  }
  // Each escaped for its place, with what stands between them as the definition has it.
  std::string numbers(Escape where) const {
    std::string out;
    for (const auto& question : questions_) {
      if (!out.empty()) out += shape_.between;
      out += shape_.each.empty() ? escaped(question.number, where)
                                 : render(shape_.each, words_of(question, circumstances_), where);
    }
    return out;
  }
  static void add_query(std::string& url, const NamedTemplates& query, const Words& words) {
    for (const auto& [name, text] : query) {
      const auto value = render(text, words, Escape::Query);
      if (!is_left_out(text, value)) add_parameter(url, name, value);
    }
  }
  void add_all_headers(http::Call& call) const {
    const auto& access = definition_.access;
    const auto in_header = words(Escape::Header);
    if (access.kind == AccessKind::Basic) {
      add_header(call.headers, "Authorization",
                 basic(render(access.user, in_header, Escape::Header),
                       render(access.password, in_header, Escape::Header)));
    }
    add_headers(call, access.headers, in_header);
    if (access.token && !access.token->bearer.empty())
      add_header(call.headers, access.token->bearer_header,
                 render(access.token->bearer, in_header, Escape::Header));
    add_headers(call, shape_.headers, in_header);
  }
  void add_body(http::Call& call) const {
    auto type = content_type_of(shape_.content_type, shape_.body);
    if (!shape_.form.empty()) {
      const auto in_form = words(Escape::Query);
      for (const auto& [name, text] : shape_.form) {
        if (!call.body.empty()) call.body += '&';
        call.body.append(escaped(name, Escape::Query)).append("=");
        call.body += render(text, in_form, Escape::Query);
      }
      if (type.empty()) type = "application/x-www-form-urlencoded";
    } else if (!shape_.body.empty()) {
      const auto where = escape_of_body(type);
      call.body = render(shape_.body, words(where), where);
    } else {
      return;
    }
    if (!type.empty()) add_header(call.headers, "Content-Type", type);
  }

  const Definition& definition_;
  const CallShape& shape_;
  const Settings& settings_;
  std::span<const Question> questions_;
  Words common_;  // of the first question
  const Circumstances& circumstances_;
};

}  // namespace

std::optional<Need> lacks(const Definition& definition, const Question& question) {
  for (const auto need : definition.request.needs) {
    const std::string* value = nullptr;
    switch (need) {
      case Need::Postcode:
        value = &question.postcode;
        break;
      case Need::ShipDate:
        value = &question.ship_date;
        break;
      case Need::DestinationCountry:
        value = &question.destination_country;
        break;
      case Need::Key:
        value = &question.key;
        break;
      case Need::Account:
        value = &question.account;
        break;
    }
    if (value == nullptr || value->empty()) return need;
  }
  return std::nullopt;
}

http::Call question_call(const Definition& definition, const Settings& settings,
                         std::span<const Question> questions, const Circumstances& circumstances) {
  return CallBuilder(definition, definition.request, settings, questions, circumstances).build();
}

http::Call registration_call(const Definition& definition, const Settings& settings,
                             std::span<const Question> questions,
                             const Circumstances& circumstances) {
  return CallBuilder(definition, *definition.request.registration, settings, questions,
                     circumstances)
      .build();
}

std::optional<http::Call> next_page(const http::Call& call, std::string_view next) {
  const auto host = call.url.find("://");
  if (host == std::string::npos) return std::nullopt;
  const auto origin =
      std::string_view(call.url).substr(0, std::min(call.url.find('/', host + 3), call.url.size()));
  http::Call out = call;
  if (next.starts_with('/') && !next.starts_with("//")) {
    out.url = std::string(origin).append(next);
  } else if (next.starts_with(origin) && next.substr(origin.size()).starts_with('/')) {
    out.url = next;
  } else {
    return std::nullopt;
  }
  return out;
}

http::Call page_at(const http::Call& call, const Paging& paging, std::int64_t offset) {
  http::Call out = call;
  add_parameter(out.url, paging.offset, std::to_string(offset));
  return out;
}

}  // namespace carriers

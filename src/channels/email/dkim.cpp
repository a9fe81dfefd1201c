#include "channels/email/dkim.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "channels/email/address.h"
#include "crypto/hash.h"

namespace channels::email {
namespace {

// Signed once more than they occur: what readers see and mailboxes act on.
constexpr std::array<std::string_view, 9> kOverSigned = {"from",
                                                         "to",
                                                         "subject",
                                                         "date",
                                                         "message-id",
                                                         "mime-version",
                                                         "content-type",
                                                         "list-unsubscribe",
                                                         "list-unsubscribe-post"};
// Signed as they are.
constexpr std::array<std::string_view, 5> kSigned = {"reply-to", "in-reply-to", "references",
                                                     "auto-submitted", "content-language"};

struct Field {
  std::string name;  // lower case
  std::string_view raw;
};

// The fields of a header, in order; each with its folds and its CRLF.
std::vector<Field> fields_of(std::string_view header) {
  std::vector<Field> out;
  while (!header.empty()) {
    std::size_t end = 0;
    do {
      end = header.find("\r\n", end);
      end = end == std::string_view::npos ? header.size() : end + 2;
    } while (end < header.size() && (header[end] == ' ' || header[end] == '\t'));
    const auto raw = header.substr(0, end);
    out.push_back({base::lower(base::trim(raw.substr(0, raw.find(':')))), raw});
    header.remove_prefix(end);
  }
  return out;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Runs of blanks become one; none is left at the end.
std::string collapsed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!is_blank(c)) {
      out += c;
    } else if (!out.ends_with(' ')) {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

// The names for h=, and what they stand for in canonical form. Of several fields of a name the last
// is the first to be signed (RFC 6376 5.4.2); a name without a field stands for nothing.
struct Chosen {
  std::string names;
  std::string canonical;
};

Chosen choose(const std::vector<Field>& fields) {
  Chosen out;
  auto name = [&](std::string_view wanted) {
    if (!out.names.empty()) out.names += ':';
    out.names += wanted;
  };
  auto add = [&](std::string_view wanted) {
    for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
      if (field->name != wanted) continue;
      out.canonical += relaxed_header(field->raw);
      name(wanted);
    }
  };
  for (const auto wanted : kOverSigned) {
    add(wanted);
    name(wanted);
  }
  for (const auto wanted : kSigned) add(wanted);
  return out;
}

// "; h=a:b:c" in lines, folded after colons.
std::string folded_names(std::string_view names) {
  std::string out;
  std::size_t column = 3;
  while (!names.empty()) {
    const auto end = std::min(names.find(':'), names.size() - 1) + 1;
    if (column + end > 74) {
      out += "\r\n ";
      column = 1;
    }
    out += names.substr(0, end);
    column += end;
    names.remove_prefix(end);
  }
  return out;
}

std::string folded_base64(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 72) {
    out += "\r\n ";
    out += text.substr(i, 72);
  }
  return out;
}

}  // namespace

std::string relaxed_header(std::string_view field) {
  const auto colon = std::min(field.find(':'), field.size());
  std::string value;
  for (const char c : field.substr(std::min(colon + 1, field.size()))) {
    if (c != '\r' && c != '\n') value += c;
  }
  return base::lower(base::trim(field.substr(0, colon))) + ":" +
         std::string(base::trim(collapsed(value))) + "\r\n";
}

std::string relaxed_body(std::string_view body) {
  std::string out;
  std::size_t empty_lines = 0;
  while (!body.empty()) {
    const auto end = body.find("\r\n");
    const auto line = collapsed(body.substr(0, end));
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 2);
    if (line.empty()) {
      ++empty_lines;
      continue;
    }
    for (; empty_lines > 0; --empty_lines) out += "\r\n";
    out += line + "\r\n";
  }
  return out;
}

base::Result<DkimKey, std::string> DkimKey::load(std::string_view pem, std::string_view domain,
                                                 std::string_view selector) {
  const auto ascii = ascii_domain(domain);
  if (!ascii) return base::Failure{std::string("the domain is not a domain's name")};
  // A selector may have dots; it is a name below the domain like any other.
  if (!ascii_domain(std::string(selector) + ".x"))
    return base::Failure{std::string("the selector is not letters, digits and hyphens")};
  auto key = crypto::PrivateKey::from_pem(pem);
  if (!key) return base::Failure{std::string(crypto::describe(key.error()))};
  if (key->kind() == crypto::KeyKind::P256)
    return base::Failure{std::string("DKIM takes RSA and Ed25519 keys, no others")};
  return DkimKey(std::move(*key), *ascii, base::lower(selector));
}

std::string DkimKey::record_text() const {
  const auto& shown = key_.public_key();
  // RFC 8463 4.2: of an Ed25519 key the bare 32 bytes.
  return is_ed25519() ? "v=DKIM1; k=ed25519; p=" + base::to_base64(shown.raw())
                      : "v=DKIM1; k=rsa; p=" + base::to_base64(shown.spki());
}

std::string DkimKey::sign(std::string_view message, base::Instant now) const {
  const auto end = message.find("\r\n\r\n");
  const auto header = message.substr(0, end == std::string_view::npos ? end : end + 2);
  const auto body = end == std::string_view::npos ? std::string_view() : message.substr(end + 4);
  const auto chosen = choose(fields_of(header));
  const auto seconds = base::to_micros(now) / 1'000'000;
  std::string field = "DKIM-Signature: v=1; a=";
  field += is_ed25519() ? "ed25519-sha256" : "rsa-sha256";
  field += "; c=relaxed/relaxed; t=" + std::to_string(seconds) + ";\r\n d=" + domain_ +
           "; s=" + selector_ + ";\r\n h=" + folded_names(chosen.names) +
           ";\r\n bh=" + base::to_base64(crypto::sha256(relaxed_body(body))) + ";\r\n b=";
  // The signature signs itself with an empty b= and without its last CRLF.
  auto text = chosen.canonical + relaxed_header(field);
  text.resize(text.size() - 2);
  // RFC 8463 3: Ed25519 signs the SHA-256 of the text.
  const auto signature = key_.sign(is_ed25519() ? crypto::sha256(text) : text);
  return field + folded_base64(base::to_base64(signature)) + "\r\n";
}

std::string sign_all(const std::vector<DkimKey>& keys, std::string_view message,
                     base::Instant now) {
  std::string out;
  for (const auto& key : keys) out += key.sign(message, now);
  return out + std::string(message);
}

}  // namespace channels::email

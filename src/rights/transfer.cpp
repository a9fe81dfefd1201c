#include "rights/transfer.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <array>

#include "base/json_writer.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/base64.h"
#include "crypto/hash.h"
#include "crypto/jws.h"
#include "rights/desk.h"

namespace rights {
namespace {

using simdjson::dom::object;

constexpr std::string_view kPartType = "milepost-transfer+jws";
constexpr std::string_view kReceiptType = "milepost-receipt+jws";
constexpr std::string_view kPath = "/rights/transfer/";
constexpr std::size_t kTokenBytes = 24, kTokenLength = 32, kFingerprint = 43;
constexpr int kVersion = 1;

std::string hex(std::string_view bytes) { return base::to_hex(bytes); }

std::string text(const object& from, std::string_view key) {
  std::string_view view;
  if (from.at_key(key).get_string().get(view) == simdjson::SUCCESS) return std::string(view);
  return {};
}
std::int64_t number(const object& from, std::string_view key) {
  std::int64_t n = -1;
  return from.at_key(key).get_int64().get(n) == simdjson::SUCCESS ? n : -1;
}

bool is_base64url(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
  });
}

// Of all parts: the digest of their digests.
std::string digest_of(const std::vector<std::string>& parts) {
  std::string digests;
  for (const auto& part : parts) digests += crypto::sha256(part);
  return hex(crypto::sha256(digests));
}

}  // namespace

std::string_view describe(TransferError error) {
  switch (error) {
    case TransferError::Gone:
      return "this invitation does not exist, or its day is over";
    case TransferError::NotSigned:
      return "the part is not signed, or by another key than the first one";
    case TransferError::Forged:
      return "the signature is not by the key that came with it";
    case TransferError::NotForUs:
      return "the part was signed for another receiver or another invitation";
    case TransferError::Changed:
      return "the part is not the one that was signed: it was changed on its way";
    case TransferError::OutOfOrder:
      return "another part is expected; ask the invitation which";
    case TransferError::Unreadable:
      return "what came is no portable document";
  }
  return "";
}

std::optional<Invitation> parse_invitation(std::string_view typed) {
  typed = base::trim(typed);
  const auto mark = typed.find('#');
  if (mark == std::string_view::npos) return std::nullopt;
  const auto url = typed.substr(0, mark), fingerprint = typed.substr(mark + 1);
  const auto path = url.rfind(kPath);
  if (!url.starts_with("https://") && !url.starts_with("http://")) return std::nullopt;
  if (path == std::string_view::npos || url.size() > 500 ||
      url.find_first_of("?@ \t\r\n\\") != std::string_view::npos)
    return std::nullopt;
  const auto token = url.substr(path + kPath.size());
  if (token.size() != kTokenLength || !is_base64url(token)) return std::nullopt;
  if (fingerprint.size() != kFingerprint || !is_base64url(fingerprint)) return std::nullopt;
  return Invitation{std::string(url), std::string(fingerprint)};
}

base::Result<Welcome, std::string> read_welcome(std::string_view json,
                                                const Invitation& invitation) {
  using base::Failure;
  simdjson::dom::parser parser;
  object from;
  if (parser.parse(json.data(), json.size()).get_object().get(from) != simdjson::SUCCESS ||
      text(from, "format") != "milepost-transfer")
    return Failure{std::string("no Milepost answers at this address")};
  if (number(from, "version") != kVersion)
    return Failure{std::string("the other service speaks another version")};
  simdjson::dom::element jwk;
  if (from.at_key("key").get(jwk) != simdjson::SUCCESS)
    return Failure{std::string("the other service shows no key")};
  auto key = crypto::PublicKey::from_jwk(simdjson::minify(jwk));
  if (!key || key->kind() != crypto::KeyKind::Ed25519 ||
      key->thumbprint() != invitation.fingerprint)
    return Failure{
        std::string("somebody else answers there than the service that made the invitation")};
  Welcome welcome{one_line(text(from, "service"), 100), std::move(*key), number(from, "expects")};
  if (welcome.expects < 0)
    return Failure{std::string("the other service does not say what it expects")};
  return welcome;
}

// ---- The sender

Parcelled::Parcelled(const Portable& portable, crypto::PrivateKey key, std::string from)
    : parts_(in_parts(portable, kPartBytes)),
      digest_(digest_of(parts_)),
      from_(std::move(from)),
      key_(std::move(key)) {}

std::string Parcelled::signature(std::size_t at, const Invitation& to, base::Instant now) const {
  const auto token = to.url.substr(to.url.rfind('/') + 1);
  base::JsonWriter json;
  json.begin_object();
  json.key("format").value("milepost-transfer").key("version").value(kVersion);
  json.key("from").value(from_);
  json.key("to").value(to.fingerprint);
  json.key("invitation").value(hex(crypto::sha256(token)));
  json.key("part").value(at).key("of").value(parts_.size());
  json.key("sha256").value(hex(crypto::sha256(parts_[at])));
  json.key("digest").value(digest_);
  json.key("at").value(base::to_iso_micros(now));
  json.end_object();
  return crypto::sign_jws(key_, json.text(),
                          {std::string(kPartType), key_.public_key().thumbprint()});
}

base::Result<Receipt, std::string> Parcelled::check(std::string_view receipt,
                                                    const Welcome& welcome) const {
  using base::Failure;
  const auto token = crypto::Jws::parse(receipt);
  if (!token || token->header().type != kReceiptType)
    return Failure{std::string("the other service gave no receipt")};
  const auto payload = token->verify(welcome.key);
  if (!payload) return Failure{std::string("the receipt is not signed by the receiver")};
  simdjson::dom::parser parser;
  object from;
  if (parser.parse(*payload).get_object().get(from) != simdjson::SUCCESS)
    return Failure{std::string("the receipt cannot be read")};
  Receipt read{text(from, "from"),
               text(from, "to"),
               text(from, "digest"),
               number(from, "parts"),
               number(from, "stored"),
               number(from, "known"),
               base::parse_iso(text(from, "at")).value_or(base::Instant()),
               std::string(receipt)};
  if (read.digest != digest_ || read.from != key_.public_key().thumbprint())
    return Failure{std::string("the receipt is about something else than what was sent")};
  return read;
}

// ---- The receiver

struct Transfers::Row {
  std::int64_t account_id = 0;
  std::string hash, sender, digest;
  std::int64_t part_count = 0, parts = 0, stored = 0, known = 0;
};
struct Transfers::Said {
  std::string sender, digest;
  std::int64_t part = 0, of = 0;
};

Transfers::Transfers(store::Database& database, const shipments::Repository& repository,
                     const base::Clock& clock, crypto::PrivateKey key, Options options)
    : database_(database),
      repository_(repository),
      clock_(clock),
      key_(std::move(key)),
      options_(std::move(options)) {}

namespace {
std::string hash_of(personal::Vault& vault, std::string_view token) {
  const auto hash = vault.keyed_hash(0, "rights-transfer", token);
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}
}  // namespace

std::string Transfers::invite(store::Tx& tx, std::int64_t account_id) const {
  std::array<std::uint8_t, kTokenBytes> bytes{};
  base::fill_random(bytes);
  const auto token =
      crypto::to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const auto now = clock_.now();
  tx.execute(
      "INSERT INTO rights_transfers (account_id, hash, created_at, expires_at, part_count, parts, "
      "stored, known) VALUES ($1, $2, $3, $4, 0, 0, 0, 0)",
      account_id, store::Blob{hash_of(repository_.vault(), token)}, now, now + kGood);
  return fmt::format("{}{}{}#{}", options_.address, kPath, token, key_.public_key().thumbprint());
}

std::optional<Transfers::Row> Transfers::find(store::Tx& tx, std::string_view token) const {
  if (token.size() != kTokenLength || !is_base64url(token)) return std::nullopt;
  Row row;
  row.hash = hash_of(repository_.vault(), token);
  auto rows = tx.query(
      "SELECT account_id, sender, digest, part_count, parts, stored, known FROM rights_transfers "
      "WHERE hash = $1 AND expires_at > $2",
      store::Blob{row.hash}, clock_.now());
  if (!rows.next()) return std::nullopt;
  row.account_id = rows.integer(0);
  if (!rows.is_null(1)) row.sender = rows.text(1);
  if (!rows.is_null(2)) row.digest = rows.text(2);
  row.part_count = rows.integer(3);
  row.parts = rows.integer(4);
  row.stored = rows.integer(5);
  row.known = rows.integer(6);
  return row;
}

std::optional<std::string> Transfers::welcome(store::Tx& tx, std::string_view token) const {
  const auto row = find(tx, token);
  if (!row) return std::nullopt;
  base::JsonWriter json;
  json.begin_object();
  json.key("format").value("milepost-transfer").key("version").value(kVersion);
  json.key("service").value(options_.service);
  json.key("key").raw(key_.public_key().jwk());
  json.key("expects").value(row->parts);
  json.end_object();
  return std::move(json).text();
}

// Everything that can be wrong with a part before its content is looked at.
base::Result<Transfers::Said, TransferError> Transfers::check(const Came& came,
                                                              const Row& row) const {
  using base::Failure;
  const auto key = crypto::PublicKey::from_jwk(came.key);
  const auto token = crypto::Jws::parse(came.signature);
  if (!key || key->kind() != crypto::KeyKind::Ed25519 || !token ||
      token->header().type != kPartType)
    return Failure{TransferError::NotSigned};
  const auto payload = token->verify(*key);
  if (!payload) return Failure{TransferError::Forged};
  simdjson::dom::parser parser;
  object from;
  if (parser.parse(*payload).get_object().get(from) != simdjson::SUCCESS)
    return Failure{TransferError::NotSigned};
  Said said{key->thumbprint(), text(from, "digest"), number(from, "part"), number(from, "of")};
  if (!row.sender.empty() && row.sender != said.sender) return Failure{TransferError::NotSigned};
  if (text(from, "to") != key_.public_key().thumbprint() ||
      text(from, "invitation") != hex(crypto::sha256(came.token)))
    return Failure{TransferError::NotForUs};
  if (text(from, "sha256") != hex(crypto::sha256(came.body)) ||
      (!row.digest.empty() && row.digest != said.digest) || said.part != came.number)
    return Failure{TransferError::Changed};
  if (said.part < 0 || said.part > row.parts || said.of <= said.part ||
      (row.part_count > 0 && row.part_count != said.of))
    return Failure{TransferError::OutOfOrder};
  return said;
}

std::string Transfers::receipt_of(const Row& row, const Said& said) const {
  base::JsonWriter json;
  json.begin_object();
  json.key("format").value("milepost-receipt").key("version").value(kVersion);
  json.key("from").value(said.sender);
  json.key("to").value(key_.public_key().thumbprint());
  json.key("service").value(options_.service);
  json.key("digest").value(said.digest);
  json.key("parts").value(row.parts);
  json.key("stored").value(row.stored).key("known").value(row.known);
  json.key("at").value(base::to_iso_micros(clock_.now()));
  json.end_object();
  return crypto::sign_jws(key_, json.text(),
                          {std::string(kReceiptType), key_.public_key().thumbprint()});
}

base::Result<Transfers::Taken, TransferError> Transfers::take(const Came& came) {
  using base::Failure;
  auto row = database_.read_now([&](store::Tx& tx) { return find(tx, came.token); });
  if (!row) return Failure{TransferError::Gone};
  const auto said = check(came, *row);
  if (!said) return Failure{said.error()};
  if (said->part == row->parts) {  // not seen before
    auto arrived = read_portable(came.body, clock_.now());
    if (!arrived) return Failure{TransferError::Unreadable};
    const auto done =
        import_portable(database_, repository_, row->account_id, std::move(*arrived), clock_.now());
    database_.write_now([&](store::Tx& tx) {
      return tx.execute(
          "UPDATE rights_transfers SET sender = $3, digest = $4, part_count = $5, parts = parts + "
          "1, stored = stored + $6, known = known + $7 WHERE account_id = $1 AND hash = $2 AND "
          "parts = $8",
          row->account_id, store::Blob{row->hash}, said->sender, said->digest, said->of,
          done.stored, done.known, row->parts);
    });
    row = database_.read_now([&](store::Tx& tx) { return find(tx, came.token); });
    if (!row) return Failure{TransferError::Gone};
  }
  Taken taken{row->parts, {}};
  if (row->parts == said->of) {
    taken.receipt = receipt_of(*row, *said);
    base::log(base::Level::Info, "rights.transfer_received",
              {{"account", row->account_id}, {"stored", row->stored}, {"known", row->known}});
  }
  return taken;
}

std::int64_t Transfers::sweep() {
  return database_.write_now([&](store::Tx& tx) {
    return tx.execute("DELETE FROM rights_transfers WHERE expires_at <= $1", clock_.now());
  });
}

}  // namespace rights

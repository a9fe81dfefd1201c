#include "consent/instance_key.h"

#include "crypto/jws.h"
#include "personal/fields/consent.gen.h"

namespace consent {
namespace {

constexpr std::int64_t kInstance = 0;
using SealedKey = personal::Personal<std::string, personal::field::InstanceKey>;

struct Row {
  personal::SubjectId subject;
  std::string sealed;
};

std::optional<Row> find(store::Tx& tx, std::string_view name) {
  auto rows =
      tx.query("SELECT subject, sealed FROM instance_keys WHERE account_id = $1 AND name = $2",
               kInstance, name);
  if (!rows.next()) return std::nullopt;
  return Row{rows.integer(0), std::string(rows.blob(1))};
}

// Another process may have made one meanwhile: then that one counts.
Row make(store::Database& database, personal::Vault& vault, const base::Clock& clock,
         std::string_view name) {
  const auto subject = vault.new_subject_now(kInstance);
  personal::Envelope envelope;
  envelope.put(SealedKey(crypto::PrivateKey::generate(crypto::KeyKind::Ed25519).raw(), {}));
  const auto sealed = vault.seal({"instance_keys", kInstance, name}, subject, envelope).value();
  return database.write_now([&](store::Tx& tx) {
    tx.execute(
        "INSERT INTO instance_keys (account_id, name, subject, sealed, created_at) VALUES ($1, $2, "
        "$3, $4, $5) ON CONFLICT (account_id, name) DO NOTHING",
        kInstance, name, subject, store::Blob{sealed}, clock.now());
    return find(tx, name).value();
  });
}

}  // namespace

crypto::PrivateKey instance_key(store::Database& database, personal::Vault& vault,
                                personal::Ledger& ledger, const base::Clock& clock,
                                std::string_view name) {
  auto row = database.read_now([&](store::Tx& tx) { return find(tx, name); });
  if (!row) row = make(database, vault, clock, name);
  const auto envelope = vault.unseal({"instance_keys", kInstance, name}, row->subject, row->sealed);
  if (!envelope) throw store::StoreError("the instance's own key cannot be opened");
  personal::Access<personal::Purpose::Secure> access(ledger, {}, kInstance, "consent.key");
  access.about(row->subject);
  const auto key = crypto::PrivateKey::from_raw(
      crypto::KeyKind::Ed25519,
      open(envelope.value().take<personal::field::InstanceKey>(), access));
  if (!key) throw store::StoreError("the instance's own key is damaged");
  return key.value();
}

Signer signer(crypto::PrivateKey key) {
  const auto name = key.public_key().thumbprint();
  return [key = std::move(key), name](std::string_view payload) {
    return crypto::sign_jws(key, payload, {"consent-receipt+jws", name});
  };
}

std::optional<std::string> read_receipt(std::string_view receipt, const crypto::PublicKey& key) {
  const auto token = crypto::Jws::parse(receipt);
  if (!token) return std::nullopt;
  const auto payload = token.value().verify(key);
  if (!payload) return std::nullopt;
  return payload.value();
}

}  // namespace consent

#include "shipments/answers.h"

#include <zstd.h>

#include <memory>
#include <vector>

#include "base/log.h"
#include "personal/fields/shipments.gen.h"

namespace shipments {
namespace {

using RawAnswer = personal::Personal<std::string, personal::field::Answer>;

constexpr int kLevel = 1;  // a 4 kB answer in some ten microseconds, to a quarter of its size
constexpr int kSlice = 500;
constexpr std::size_t kMostBytes = 16 << 20;

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

std::string compress(std::string_view raw) {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeCompressor> context(ZSTD_createCCtx());
  std::string out(ZSTD_compressBound(raw.size()), '\0');
  const auto size =
      ZSTD_compressCCtx(context.get(), out.data(), out.size(), raw.data(), raw.size(), kLevel);
  if (ZSTD_isError(size)) throw std::runtime_error("an answer could not be compressed");
  out.resize(size);
  return out;
}

std::optional<std::string> decompress(std::string_view packed) {
  const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kMostBytes) {
    return std::nullopt;
  }
  std::string raw(size, '\0');
  const auto got = ZSTD_decompress(raw.data(), raw.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) || got != size) return std::nullopt;
  return raw;
}

std::int64_t slot_of(Mouth mouth, base::Instant heard_at) {
  return mouth == Mouth::Poll ? 0 : base::to_micros(heard_at);
}

// Bound to its shipment, its source and its slot.
std::string row_of(const base::Id& shipment, std::string_view source, std::int64_t slot) {
  return fmt::format("{}/{}/{}", shipment.hex(), source, slot);
}

struct Kept {
  Answer answer;
  personal::SubjectId subject = 0;
  std::int64_t slot = 0;
  std::string sealed;
};

std::vector<Kept> slice_after(store::Tx& tx, const Kept& last) {
  std::vector<Kept> slice;
  auto rows = tx.query(
      "SELECT a.account_id, a.shipment_id, a.source, a.slot, a.heard_at, a.mouth, a.sealed, "
      "s.subject FROM answers a JOIN shipments s ON s.account_id = a.account_id AND s.id = "
      "a.shipment_id WHERE (a.account_id, a.shipment_id, a.source, a.slot) > ($1, $2, $3, $4) "
      "ORDER BY a.account_id, a.shipment_id, a.source, a.slot LIMIT $5",
      last.answer.account_id, store::Blob{last.answer.shipment.bytes()}, last.answer.source,
      last.slot, kSlice);
  while (rows.next()) {
    auto& kept = slice.emplace_back();
    kept.answer.account_id = rows.integer(0);
    kept.answer.shipment = base::Id::from_bytes(rows.blob(1)).value_or(base::Id());
    kept.answer.source = rows.text(2);
    kept.slot = rows.integer(3);
    kept.answer.heard_at = rows.instant(4);
    kept.answer.mouth = static_cast<Mouth>(rows.integer(5));
    kept.sealed = rows.blob(6);
    kept.subject = rows.integer(7);
  }
  return slice;
}

bool unseal(personal::Vault& vault, Kept& kept,
            personal::Access<personal::Purpose::Track>& access) {
  const auto row = row_of(kept.answer.shipment, kept.answer.source, kept.slot);
  const auto envelope =
      vault.unseal({"answers", kept.answer.account_id, row}, kept.subject, kept.sealed);
  if (!envelope) return false;
  access.about(kept.subject);
  if (access.is_shut()) return false;
  auto raw = decompress(open(envelope.value().take<personal::field::Answer>(), access));
  if (!raw) return false;
  kept.answer.raw = std::move(*raw);
  return true;
}

}  // namespace

std::optional<SealedAnswer> seal_answer(personal::Vault& vault, personal::SubjectId subject,
                                        const Answer& answer) {
  personal::Envelope envelope;
  const auto source =
      answer.mouth == Mouth::Mailbox ? personal::Source::Mailbox : personal::Source::Carrier;
  envelope.put(RawAnswer(compress(answer.raw), personal::Label(source)));
  const auto row = row_of(answer.shipment, answer.source, slot_of(answer.mouth, answer.heard_at));
  auto sealed = vault.seal({"answers", answer.account_id, row}, subject, envelope);
  if (!sealed) return std::nullopt;
  return SealedAnswer{answer.account_id, answer.shipment, answer.source,
                      answer.mouth,      answer.heard_at, std::move(sealed).value()};
}

void keep_answer(store::Tx& tx, const SealedAnswer& answer, base::Instant kept_until) {
  tx.enqueue(
      "INSERT INTO answers (account_id, shipment_id, source, slot, heard_at, mouth, kept_until, "
      "sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account_id, shipment_id, "
      "source, slot) DO UPDATE SET heard_at = excluded.heard_at, kept_until = excluded.kept_until, "
      "sealed = excluded.sealed",
      answer.account_id, store::Blob{answer.shipment.bytes()}, answer.source,
      slot_of(answer.mouth, answer.heard_at), answer.heard_at, answer.mouth, kept_until,
      store::Blob{answer.bytes});
}

std::int64_t each_answer(store::Database& database, personal::Vault& vault,
                         personal::Ledger& ledger, std::string_view source,
                         const std::function<void(const Answer&)>& visit) {
  std::int64_t visited = 0;
  Kept last;
  for (;;) {
    auto slice = database.read_now([&](store::Tx& tx) { return slice_after(tx, last); });
    if (slice.empty()) return visited;
    last.answer = slice.back().answer;
    last.slot = slice.back().slot;
    std::optional<personal::Access<personal::Purpose::Track>> access;
    std::int64_t account = 0;
    for (auto& kept : slice) {
      if (!source.empty() && kept.answer.source != source) continue;
      if (!access || account != kept.answer.account_id) {
        account = kept.answer.account_id;
        access.emplace(ledger, personal::Actor{}, account, "shipments.reprocess");
      }
      if (!unseal(vault, kept, *access)) continue;
      visit(kept.answer);
      ++visited;
    }
  }
}

std::int64_t sweep_answers(store::Database& database, base::Instant now) {
  std::int64_t swept = 0;
  for (;;) {
    const auto slice = database.write_now([&](store::Tx& tx) {
      auto last = tx.query(
          "SELECT kept_until FROM answers WHERE kept_until <= $1 ORDER BY kept_until LIMIT 1 "
          "OFFSET $2",
          now, kSlice);
      const auto until = last.next() ? last.instant(0) : now;
      return tx.execute("DELETE FROM answers WHERE kept_until <= $1", until);
    });
    if (slice == 0) return swept;
    swept += slice;
  }
}

std::optional<std::string> unpack_answer(std::string_view packed) { return decompress(packed); }

}  // namespace shipments

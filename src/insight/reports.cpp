#include "insight/reports.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/hash.h"
#include "crypto/jws.h"

namespace insight {
namespace {

constexpr std::int64_t kInstance = 0;
constexpr std::string_view kType = "milepost-report+jws";
constexpr std::string_view kLicence =
    "These figures are sums of many people with noise over them. Whoever holds them may use them, "
    "and must not try to find out whether or how any person is in them, alone, with other data, or "
    "by letting somebody else try.";

// Who may not go out, and why; nothing when all may.
std::optional<ReportRefused> fault_in(const ReportInput& input) {
  if (input.counts.empty()) return ReportRefused::Empty;
  for (const auto& one : input.counts) {
    if (one.label().source() == personal::Source::Mailbox) return ReportRefused::Tainted;
    if (one.release().audience != Audience::Report) return ReportRefused::Internal;
  }
  return std::nullopt;
}

// The catalogue of what went in: the terms, and a fingerprint of the very counts.
void put_input(base::JsonWriter& json, const Anonymised<Counts>& input) {
  const auto& release = input.release();
  json.begin_object().key("data_set").value(release.data_set);
  json.key("question").value(release.question);
  json.key("released_at").value(base::to_iso_offset(release.released_at));
  json.key("epsilon").value(static_cast<double>(release.terms.epsilon) / kOneEpsilon);
  json.key("delta").value(release.terms.slip);
  json.key("parcels_per_person").value(release.terms.rows_per_person);
  json.key("smallest_group").value(release.terms.smallest_group);
  json.key("sha256").value(base::to_hex(crypto::sha256(to_json(input.value())))).end_object();
}

std::string text_of(const std::string& name, const ReportInput& input, int version) {
  base::JsonWriter json;
  json.begin_object().key("report").value(name).key("version").value(version);
  json.key("licence").value(kLicence).key("inputs").begin_array();
  for (const auto& one : input.counts) put_input(json, one);
  json.end_array().key("content").begin_array();
  for (const auto& one : input.counts) json.raw(to_json(carrier_figures(input.quarter, one)));
  json.end_array().end_object();
  return std::move(json).text();
}

std::optional<Report> newest(store::Tx& tx, const std::string& name) {
  auto row = tx.query(
      "SELECT version, signed, made_at FROM reports WHERE account_id = $1 AND name = $2 ORDER BY "
      "version DESC LIMIT 1",
      kInstance, name);
  if (!row.next()) return std::nullopt;
  return Report{name, static_cast<int>(row.integer(0)), std::string(row.text(1)), row.instant(2)};
}

}  // namespace

std::string_view describe(ReportRefused why) {
  switch (why) {
    case ReportRefused::Tainted:
      return "what came from a linked mailbox never goes into a report";
    case ReportRefused::Internal:
      return "released for the instance's own operation, not for a report";
    case ReportRefused::Empty:
      return "a report of nothing";
  }
  return "refused";
}

base::Result<Report, ReportRefused> make_report(store::Tx& tx, const ReportInput& input,
                                                const crypto::PrivateKey& key, base::Instant now) {
  if (const auto fault = fault_in(input)) return base::Failure{*fault};
  const auto name = "carriers " + input.quarter.name();
  auto before = newest(tx, name);
  if (before &&
      read_report(before->signed_text, key.public_key()) == text_of(name, input, before->version))
    return std::move(*before);
  Report report{name, before ? before->version + 1 : 1, {}, now};
  report.signed_text = crypto::sign_jws(key, text_of(name, input, report.version),
                                        {std::string(kType), key.public_key().thumbprint()});
  tx.execute(
      "INSERT INTO reports (account_id, name, version, signed, made_at) VALUES ($1, $2, $3, $4, "
      "$5)",
      kInstance, report.name, report.version, report.signed_text, report.made_at);
  return report;
}

std::vector<Report> reports(store::Tx& tx) {
  std::vector<Report> all;
  auto row = tx.query(
      "SELECT name, version, signed, made_at FROM reports WHERE account_id = $1 ORDER BY made_at "
      "DESC, name, version DESC",
      kInstance);
  while (row.next())
    all.push_back({std::string(row.text(0)), static_cast<int>(row.integer(1)),
                   std::string(row.text(2)), row.instant(3)});
  return all;
}

std::optional<std::string> read_report(std::string_view signed_text, const crypto::PublicKey& key) {
  const auto token = crypto::Jws::parse(signed_text);
  if (!token || token->header().type != kType) return std::nullopt;
  const auto payload = token->verify(key);
  if (!payload) return std::nullopt;
  return payload.value();
}

}  // namespace insight

#include "consent/may_tell.h"

#include "consent/records.h"
#include "consent/suppression.h"
#include "personal/restrictions.h"

namespace consent {
namespace {

// Why nothing may go there at all; empty: it may.
std::string_view why_never(store::Tx& tx, const Question& q, base::Instant now) {
  if (q.subject != 0 && personal::Restrictions::reason(tx, q.account_id, q.subject)) {
    return "restricted";
  }
  if (const auto found = suppression_of(tx, q.account_id, q.address, q.channel, now)) {
    return name(found->why);
  }
  if (q.person != q.address) {
    if (const auto found = suppression_of(tx, q.account_id, q.person, q.channel, now)) {
      return name(found->why);
    }
  }
  for (const auto& who : {q.person, q.address}) {
    const auto standing = standing_of(tx, q.account_id, who, "Notify", now, now);
    if (standing == Standing::Objected) return "objected";
  }
  return {};
}

// Where the person has said nothing, what the shop says about this recipient, then about all.
void fill_in(store::Tx& tx, const Question& q, Preferences& wishes) {
  if (wishes.quiet && wishes.pace != Pace::Unsaid) return;
  const auto of_recipient = recipient_manners(tx, q.account_id, q.shipment, q.recipient);
  const auto of_account = account_manners(tx, q.account_id);
  for (const auto& manners : {of_recipient, of_account}) {
    if (!wishes.quiet) wishes.quiet = manners.quiet;
    if (wishes.pace == Pace::Unsaid) wishes.pace = manners.pace;
  }
}

Verdict never(std::string_view why) { return {Verdict::Kind::Never, why, {}, {}}; }

}  // namespace

Verdict may_tell(store::Tx& tx, const Question& q, base::Instant queued_at, base::Instant now) {
  const auto why = why_never(tx, q, now);
  if (!why.empty()) return never(why);
  Verdict verdict;
  verdict.preferences = preferences_of(tx, q.account_id, q.person);
  auto& wishes = verdict.preferences;
  auto said = shop_matrix(tx, q.account_id, q.shipment);
  if (q.recipient != Question::kNobody) {
    said.overlay(recipient_matrix(tx, q.account_id, q.shipment, q.recipient));
    fill_in(tx, q, wishes);
  }
  const auto shop = said.at(q.trigger, q.channel);
  const auto person = wishes.wanted.at(q.trigger, q.channel);
  if (!is_told(shop, person)) return never(person == Cell::Off ? "person-off" : "shop-off");

  const std::string_view zone = wishes.zone.empty() ? q.zone : std::string_view(wishes.zone);
  if (wishes.pace == Pace::Daily) {
    const auto evening = next_digest(zone, queued_at);
    if (evening > now) {
      verdict.kind = Verdict::Kind::Later;
      verdict.why = "digest";
      verdict.at = evening;
      return verdict;
    }
  }
  const auto at = after_quiet_hours(wishes.quiet, zone, now);
  if (at > now) {
    verdict.kind = Verdict::Kind::Later;
    verdict.why = "quiet";
    verdict.at = at;
  }
  return verdict;
}

}  // namespace consent

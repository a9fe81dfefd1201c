// Invented facts for previews and the linter. "example" domains (RFC 2606), and a number in the
// form of a carrier's that was never given out.
#include <algorithm>

#include "messages/letter.h"
#include "messages/template.h"

namespace messages {
namespace {

using journey::Trigger;

std::string_view substatus_for(Trigger trigger) {
  switch (trigger) {
    case Trigger::InfoReceived:
      return "inforeceived001";
    case Trigger::InTransit:
      return "transit001";
    case Trigger::OutForDelivery:
      return "pickup001";
    case Trigger::ReadyForPickup:
      return "pickup002";
    case Trigger::FailedAttempt:
      return "undelivered002";
    case Trigger::Delivered:
      return "delivered004";
    case Trigger::Exception:
      return "exception006";
    case Trigger::Returned:
      return "exception011";
    case Trigger::EstimateSet:
    case Trigger::EstimateChanged:
    case Trigger::Delayed:
      return "transit002";
    default:
      return "";
  }
}

constexpr std::pair<std::string_view, std::string_view> kValues[] = {
    {"at", "2026-03-18T14:32:00Z"},
    {"until", "2026-04-18T12:00:00Z"},
    {"link", "https://track.atelier-blom.example/l/7Hq2mX4kPz"},
    {"code", "482913"},
    {"days", "7"},
    {"minutes", "10"},
    {"shop", "Atelier Blom"},
    {"team", "Warehouse"},
    {"inviter", "Noor de Vries"},
    {"role", "operator"},
    {"change", "passkey_on"},
    {"device", "Firefox, Debian"},
    {"case", "R-2026-014"},
    {"key", "shop"},
    {"host", "hooks.atelier-blom.example"},
    {"version", "2026-03"},
    {"certificate", "E-7Hq2mX4kPz"},
    {"parcels", "3"},
    {"keys", "2"},
    {"kept", "none"},
    {"done", "access"},
    {"controller", "Atelier Blom"},
    {"article", "Art. 17 GDPR"},
    {"contact", "privacy@atelier-blom.example"},
    {"authority", "Autoriteit Persoonsgegevens, autoriteitpersoonsgegevens.nl"}};

}  // namespace

Values sample_values(const LetterKind& kind) {
  Values out;
  for (const auto& name : kind.values) {
    const auto known =
        std::ranges::find(kValues, name, &std::pair<std::string_view, std::string_view>::first);
    // What is free text shows its own name: "(summary)".
    out[name] = known == std::end(kValues) ? "(" + name + ")" : std::string(known->second);
  }
  return out;
}

Facts sample_facts(Trigger trigger, std::string_view) {
  Facts out;
  out.sender = {.name = "Atelier Blom",
                .postal_address = "Oudegracht 12, 3511 AB Utrecht",
                .contact = "hallo@atelier-blom.example",
                .colour = {},
                .logo = {}};
  out.links = {.tracking_page = "https://track.atelier-blom.example/t/7Hq2mX4kPz",
               .preferences = "https://track.atelier-blom.example/p/7Hq2mX4kPz",
               .unsubscribe = "https://track.atelier-blom.example/u/7Hq2mX4kPz",
               .privacy = "https://track.atelier-blom.example/privacy",
               .cookies = "https://track.atelier-blom.example/privacy/cookies",
               .rights = "https://track.atelier-blom.example/rights",
               .contact = "https://track.atelier-blom.example/privacy/contact"};
  out.recipient_name = "Noor de Vries";
  out.parcel_title = "Blom 3 lamp";
  out.order_number = "B-20418";
  out.tracking_number = "3SMPST0123456";
  out.carrier = "PostNL";
  out.substatus = substatus_for(trigger);
  const bool has_happened = trigger != Trigger::NotFound && trigger != Trigger::EstimateSet;
  if (has_happened) {
    out.happened_at = "2026-03-18T14:32:00+01:00";
    out.place = "Utrecht";
  }
  if (trigger == Trigger::Exception) out.carrier_says = "Zending aangehouden door douane";
  const bool is_over = trigger == Trigger::Delivered || trigger == Trigger::Returned ||
                       trigger == Trigger::Expired || trigger == Trigger::NotFound ||
                       trigger == Trigger::Exception || trigger == Trigger::NoMovement;
  if (trigger == Trigger::OutForDelivery) {
    out.estimate = {"2026-03-18T16:00:00+01:00", "2026-03-18T18:00:00+01:00"};
  } else if (!is_over && trigger != Trigger::ReadyForPickup) {
    out.estimate = {"2026-03-20", {}};
  }
  if (trigger == Trigger::EstimateChanged || trigger == Trigger::Delayed)
    out.estimate_before = {"2026-03-18", "2026-03-19"};
  if (trigger == Trigger::ReadyForPickup) {
    out.pickup_point = "Boekhandel Linde, Dorpsstraat 3, Utrecht";
    out.pickup_until = "2026-03-25";
  }
  if (trigger == Trigger::NoMovement) out.days_without_news = 5;
  if (trigger == Trigger::Expired) out.days_without_news = 30;
  return out;
}

}  // namespace messages

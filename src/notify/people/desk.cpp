#include "notify/people/desk.h"

#include "base/text.h"
#include "channels/email/address.h"
#include "channels/sms/number.h"

namespace notify::people {
namespace {

using Access = personal::Access<personal::Purpose::ServeController>;

constexpr std::size_t kLongestRole = 32;
constexpr std::size_t kLongestName = 200;
constexpr std::size_t kLongestAddress = 254;

bool is_too_long(const std::optional<std::string>& text, std::size_t most) {
  return text && (text->size() > most || !base::is_utf8(*text));
}

std::optional<DeskError> wrong_in(const RecipientDraft& d) {
  if (is_too_long(d.role, kLongestRole) || is_too_long(d.name, kLongestName) ||
      is_too_long(d.email, kLongestAddress) || is_too_long(d.phone, kLongestAddress))
    return DeskError::TooLong;
  if (d.email && !d.email->empty() && !channels::email::parse_address(*d.email))
    return DeskError::EmailInvalid;
  if (d.phone && !d.phone->empty() && !channels::sms::PhoneNumber::parse(*d.phone))
    return DeskError::PhoneInvalid;
  // language_for() never fails: what it makes of nonsense is English.
  if (d.language && !d.language->empty() && messages::language_for(*d.language) == "en" &&
      !d.language->starts_with("en") && !d.language->starts_with("EN"))
    return DeskError::LanguageUnknown;
  if (d.zone && !d.zone->empty() && !consent::is_zone(*d.zone)) return DeskError::ZoneUnknown;
  return std::nullopt;
}

void write_says(store::Tx& tx, std::int64_t account_id, const base::Id& shipment, int number,
                const RecipientDraft& draft, base::Instant now) {
  if (draft.matrix)
    consent::set_recipient_matrix(tx, account_id, shipment, number, *draft.matrix, now);
  if (draft.manners)
    consent::set_recipient_manners(tx, account_id, shipment, number, *draft.manners, now);
}

Says says_of(store::Tx& tx, std::int64_t account_id, const base::Id& shipment, int number) {
  return {consent::recipient_matrix(tx, account_id, shipment, number),
          consent::recipient_manners(tx, account_id, shipment, number)};
}

ShownRecipient shown(const Recipient& r, Access& access) {
  ShownRecipient out;
  out.number = r.number;
  out.role = r.role;
  out.language = r.language;
  out.zone = r.zone;
  access.about(r.subject);
  out.name = open(r.name, access);
  out.email = open(r.email, access);
  out.phone = open(r.phone, access);
  out.has_push = (r.reach & kPush) != 0;
  return out;
}

}  // namespace

std::string_view describe(DeskError error) {
  switch (error) {
    case DeskError::UnknownShipment:
      return "there is no such shipment";
    case DeskError::UnknownRecipient:
      return "there is no such recipient";
    case DeskError::TooMany:
      return "a shipment has at most ten recipients beside its customer";
    case DeskError::NoAddress:
      return "a recipient needs an e-mail address or a telephone number";
    case DeskError::EmailInvalid:
      return "the e-mail address is none";
    case DeskError::PhoneInvalid:
      return "a telephone number begins with + and its country's code";
    case DeskError::LanguageUnknown:
      return "messages are not written in that language";
    case DeskError::ZoneUnknown:
      return "a time zone is a name such as Europe/Amsterdam";
    case DeskError::TooLong:
      return "a role has at most 32 bytes, a name 200, an address 254";
    case DeskError::IsCustomer:
      return "recipient 0 is the customer: name, addresses and language are changed with the "
             "shipment";
  }
  return "the recipient cannot be kept";
}

Says Desk::settings(store::Tx& tx, std::int64_t account_id) {
  return {consent::account_matrix(tx, account_id), consent::account_manners(tx, account_id)};
}

void Desk::set_settings(store::Tx& tx, std::int64_t account_id, const Says& says) const {
  const auto now = tools_.clock.now();
  consent::set_account_matrix(tx, account_id, says.matrix, now);
  consent::set_account_manners(tx, account_id, says.manners, now);
}

std::optional<consent::Matrix> Desk::of_shipment(store::Tx& tx, std::int64_t account_id,
                                                 const base::Id& shipment) const {
  if (!tools_.shipments.find_row(tx, account_id, shipment)) return std::nullopt;
  return consent::shipment_matrix(tx, account_id, shipment);
}

bool Desk::set_of_shipment(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                           const consent::Matrix& matrix) const {
  if (!tools_.shipments.find_row(tx, account_id, shipment)) return false;
  consent::set_shipment_matrix(tx, account_id, shipment, matrix, tools_.clock.now());
  return true;
}

base::Result<std::vector<ShownRecipient>, DeskError> Desk::recipients(store::Tx& tx,
                                                                      std::int64_t account_id,
                                                                      const base::Id& shipment,
                                                                      personal::Actor actor) const {
  const auto found = tools_.shipments.find(tx, account_id, shipment);
  if (!found) return base::Failure{DeskError::UnknownShipment};
  Access access(tools_.ledger, actor, account_id, "notify.recipients");
  std::vector<ShownRecipient> all;
  ShownRecipient customer;
  if (found->head.subject != 0) access.about(found->head.subject);
  customer.role = "customer";
  customer.language = found->head.language;
  customer.name = open(found->body.customer_name, access);
  customer.email = open(found->body.customer_email, access);
  customer.phone = open(found->body.customer_sms, access);
  customer.says = says_of(tx, account_id, shipment, 0);
  all.push_back(std::move(customer));
  for (const auto& one : tools_.recipients.of(tx, account_id, shipment)) {
    all.push_back(shown(one, access));
    all.back().says = says_of(tx, account_id, shipment, one.number);
  }
  return all;
}

base::Result<int, DeskError> Desk::add(store::Tx& tx, std::int64_t account_id,
                                       const base::Id& shipment,
                                       const RecipientDraft& draft) const {
  if (const auto wrong = wrong_in(draft)) return base::Failure{*wrong};
  const bool has_address = !draft.email.value_or("").empty() || !draft.phone.value_or("").empty();
  if (!has_address) return base::Failure{DeskError::NoAddress};
  if (!tools_.shipments.find_row(tx, account_id, shipment))
    return base::Failure{DeskError::UnknownShipment};
  Recipient recipient;
  recipient.role = draft.role.value_or("");
  recipient.language = draft.language.value_or("");
  recipient.zone = draft.zone.value_or("");
  const personal::Label label;
  if (draft.name) recipient.name = {*draft.name, label};
  if (draft.email) recipient.email = {*draft.email, label};
  if (draft.phone) recipient.phone = {*draft.phone, label};
  const auto number = tools_.recipients.add(tx, account_id, shipment, std::move(recipient));
  if (!number) return base::Failure{DeskError::TooMany};
  write_says(tx, account_id, shipment, *number, draft, tools_.clock.now());
  return *number;
}

base::Outcome<DeskError> Desk::change(store::Tx& tx, std::int64_t account_id,
                                      const base::Id& shipment, int number,
                                      const RecipientDraft& draft, personal::Actor actor) const {
  if (const auto wrong = wrong_in(draft)) return base::Failure{*wrong};
  if (!tools_.shipments.find_row(tx, account_id, shipment))
    return base::Failure{DeskError::UnknownShipment};
  const bool is_about_them =
      draft.role || draft.name || draft.email || draft.phone || draft.language || draft.zone;
  if (number == 0 && is_about_them) return base::Failure{DeskError::IsCustomer};
  if (number != 0) {
    auto one = tools_.recipients.find(tx, account_id, shipment, number);
    if (!one) return base::Failure{DeskError::UnknownRecipient};
    Access access(tools_.ledger, actor, account_id, "notify.recipients");
    access.about(one->subject);
    const personal::Label label;
    if (draft.role) one->role = *draft.role;
    if (draft.language) one->language = *draft.language;
    if (draft.zone) one->zone = *draft.zone;
    if (draft.name) one->name = {*draft.name, label};
    if (draft.email) one->email = {*draft.email, label};
    if (draft.phone) one->phone = {*draft.phone, label};
    const bool has_address = !open(one->email, access).empty() ||
                             !open(one->phone, access).empty() || (one->reach & kPush) != 0;
    if (access.is_shut()) return base::Failure{DeskError::UnknownRecipient};
    if (!has_address) return base::Failure{DeskError::NoAddress};
    if (is_about_them) tools_.recipients.change(tx, account_id, shipment, *one);
  }
  write_says(tx, account_id, shipment, number, draft, tools_.clock.now());
  return std::monostate{};
}

std::optional<messages::Facts> Desk::facts_for(store::Tx& tx, std::int64_t account_id,
                                               journey::Trigger trigger, const base::Id& shipment,
                                               personal::Actor actor) const {
  const auto found = tools_.shipments.find(tx, account_id, shipment);
  if (!found) return std::nullopt;
  Access access(tools_.ledger, actor, account_id, "notify.preview");
  if (found->head.subject != 0) access.about(found->head.subject);
  // What a linked mailbox gave is no sample of a message: nobody is written to about it.
  if (found->body.journey.label().source() == personal::Source::Mailbox) return std::nullopt;
  journey::JourneyView journey;
  if (!journey::decode_view(open(found->body.journey, access), journey)) journey = {};
  const auto* const courier = tools_.catalogue.find(found->head.courier_code);
  const Parcel parcel{
      found->head, journey, open(found->body.title, access),
      courier != nullptr ? courier->name : std::string_view(found->head.courier_code)};
  auto facts = facts_of(parcel, trigger, tools_.clock.now());
  facts.recipient_name = open(found->body.customer_name, access);
  facts.links.tracking_page = tools_.public_url + tools_.tracking_path(account_id, shipment);
  return facts;
}

base::Result<messages::Message, std::vector<messages::Finding>> Desk::preview(
    store::Tx& tx, std::int64_t account_id, journey::Trigger trigger, std::string_view language,
    const std::optional<base::Id>& shipment, const std::optional<messages::Blocks>& blocks,
    personal::Actor actor) const {
  const auto sample = messages::sample_facts(trigger, language);
  auto facts = sample;
  if (shipment) {
    auto live = facts_for(tx, account_id, trigger, *shipment, actor);
    if (!live) return base::Failure{std::vector<messages::Finding>()};
    facts = std::move(*live);
    // The reader's own page is the reader's: a preview has none.
    facts.links.preferences = sample.links.preferences;
    facts.links.unsubscribe = sample.links.unsubscribe;
  }
  auto voice = voice_of(tx, account_id, tools_.voice);
  if (!voice.sender.name.empty()) facts.sender = std::move(voice.sender);
  if (blocks) {
    auto tried = messages::Template::create(*blocks, trigger, messages::language_for(language), 0);
    if (!tried) return base::Failure{tried.error()};
    return messages::write(trigger, facts, language, &*tried);
  }
  std::shared_ptr<const messages::Template> own;
  if (tools_.wording != nullptr) own = tools_.wording->words_for(tx, account_id, trigger, language);
  return messages::write(trigger, facts, language, own.get());
}

}  // namespace notify::people

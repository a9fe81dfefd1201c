#include "notify/people/voice.h"

#include <algorithm>

#include "base/text.h"
#include "channels/email/address.h"
#include "channels/sms/number.h"
#include "messages/brand.h"

namespace notify::people {
namespace {

constexpr std::size_t kLongestName = 80;
constexpr std::size_t kLongestAddress = 200;
constexpr int kMostDays = 60;

bool is_one_line(std::string_view text, std::size_t most) {
  return text.size() <= most && base::is_utf8(text) && std::ranges::none_of(text, [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

bool is_colour(std::string_view text) {
  return text.size() == 7 && text[0] == '#' && base::from_hex(text.substr(1)).size() == 3;
}

}  // namespace

std::string_view describe(VoiceError error) {
  switch (error) {
    case VoiceError::NameInvalid:
      return "the name is one line of up to 80 bytes, and somebody has to sign";
    case VoiceError::AddressInvalid:
      return "the postal address is one line of up to 200 bytes";
    case VoiceError::ContactInvalid:
      return "the contact is an e-mail address, or a telephone number with + and its country's "
             "code";
    case VoiceError::ColourInvalid:
      return "a colour is written #0b6e4f";
    case VoiceError::LogoInvalid:
      return "a logo is a data: address of a png, jpeg, gif or webp of at most 30 kB; nothing is "
             "loaded from elsewhere";
    case VoiceError::LanguageUnknown:
      return "messages are not written in that language";
    case VoiceError::DaysInvalid:
      return "silence is news after 1 to 60 days; 0: never";
  }
  return "the voice cannot be kept";
}

std::optional<VoiceError> wrong_in(const Voice& voice) {
  const auto& s = voice.sender;
  if (base::trim(s.name).empty() || !is_one_line(s.name, kLongestName))
    return VoiceError::NameInvalid;
  if (!is_one_line(s.postal_address, kLongestAddress)) return VoiceError::AddressInvalid;
  if (!s.contact.empty() && !channels::email::parse_address(s.contact) &&
      !channels::sms::PhoneNumber::parse(s.contact))
    return VoiceError::ContactInvalid;
  if (!s.colour.empty() && !is_colour(s.colour)) return VoiceError::ColourInvalid;
  const bool is_data = s.logo.starts_with("data:") && messages::is_inline_image(s.logo);
  if (!s.logo.empty() && !is_data) return VoiceError::LogoInvalid;
  const auto& all = messages::languages();
  if (std::find(all.begin(), all.end(), voice.language) == all.end())
    return VoiceError::LanguageUnknown;
  if (voice.still_days < 0 || voice.still_days > kMostDays) return VoiceError::DaysInvalid;
  return std::nullopt;
}

bool has_voice(store::Tx& tx, std::int64_t account_id) {
  return tx.query("SELECT 1 FROM voices WHERE account_id = $1", account_id).next();
}

bool forget_voice(store::Tx& tx, std::int64_t account_id) {
  return tx.execute("DELETE FROM voices WHERE account_id = $1", account_id) == 1;
}

Voice voice_of(store::Tx& tx, std::int64_t account_id, const Voice& otherwise) {
  auto rows = tx.query(
      "SELECT name, postal_address, contact, colour, logo, language, still_days FROM voices WHERE "
      "account_id = $1",
      account_id);
  if (!rows.next()) return otherwise;
  const auto text = [&](int column) { return std::string(rows.text(column)); };
  Voice voice;
  voice.sender = {text(0), text(1), text(2), text(3), text(4)};
  voice.language = text(5);
  voice.still_days = static_cast<int>(rows.integer(6));
  return voice;
}

void set_voice(store::Tx& tx, std::int64_t account_id, const Voice& voice, base::Instant now) {
  const auto& sender = voice.sender;
  tx.execute(
      "INSERT INTO voices (account_id, name, postal_address, contact, colour, logo, language, "
      "still_days, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT "
      "(account_id) DO UPDATE SET name = excluded.name, postal_address = excluded.postal_address, "
      "contact = excluded.contact, colour = excluded.colour, logo = excluded.logo, language = "
      "excluded.language, still_days = excluded.still_days, changed_at = excluded.changed_at",
      account_id, sender.name, sender.postal_address, sender.contact, sender.colour, sender.logo,
      voice.language, voice.still_days, now);
}

}  // namespace notify::people

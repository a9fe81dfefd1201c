// Messages: the account's own rooms, and who signs what its customers read.
#include <fmt/format.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <charconv>

#include "messages/message.h"
#include "pages/account/handlers.h"

namespace pages::account {
namespace {

using notify::people::Room, notify::people::RoomError, notify::people::Rooms, notify::people::Voice,
    notify::people::VoiceError;

constexpr std::string_view kPage = "/account/messages";
constexpr std::string_view kRoomPages = "/account/messages/rooms";

std::string_view word(RoomError why) {
  switch (why) {
    case RoomError::AddressInvalid:
      return "a.room.address";
    case RoomError::TooMany:
      return "a.room.many";
    case RoomError::DescriptionInvalid:
      return "a.room.long";
    case RoomError::NotSetUp:
      return "a.room.off";
    case RoomError::Unknown:
    case RoomError::ChannelUnknown:
    case RoomError::LanguageUnknown:
      return "a.not_right";
  }
  return "a.not_right";
}

// The field of the voice's form that is wrong, and what to say there.
std::pair<std::string_view, std::string_view> word(VoiceError why) {
  switch (why) {
    case VoiceError::NameInvalid:
      return {"name", "a.voice.name"};
    case VoiceError::AddressInvalid:
      return {"postal_address", "a.voice.address"};
    case VoiceError::ContactInvalid:
      return {"contact", "a.voice.contact"};
    case VoiceError::ColourInvalid:
      return {"colour", "a.voice.colour"};
    case VoiceError::DaysInvalid:
      return {"still_days", "a.voice.days"};
    case VoiceError::LogoInvalid:
    case VoiceError::LanguageUnknown:
      return {"language", "a.not_right"};
  }
  return {"name", "a.not_right"};
}

std::int64_t number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  return wrong == std::errc() && end == text.data() + text.size() ? number : 0;
}

std::string path_of(std::int64_t number) { return fmt::format("{}/{}", kRoomPages, number); }

std::string name_of(const Room& room) {
  const auto& r = room.receiver;
  return r.description.empty() ? std::string(notify::people::brand(r.channel)) : r.description;
}

Item item_of(const Visit& visit, const Room& room) {
  Item item{name_of(room)};
  const auto& r = room.receiver;
  const bool is_failing = room.lane && room.lane->failures > 0;
  item.badge = visit.say(r.disabled_at ? "a.hook_off"
                         : is_failing  ? "a.hook_failing"
                                       : "a.hook_on");
  item.tone = r.disabled_at ? "warn" : is_failing ? "bad" : "good";
  item.href = path_of(r.number);
  if (!r.description.empty()) item.lines.emplace_back(notify::people::brand(r.channel));
  if (!r.language.empty()) item.lines.push_back(language_name(r.language));
  if (room.lane && room.lane->succeeded_at)
    item.lines.push_back(
        visit.words->get("a.hook_last", {{"when", moment(visit, *room.lane->succeeded_at)}}));
  if (is_failing && !room.lane->code.empty())
    item.lines.push_back(visit.words->get("a.hook_code", {{"code", room.lane->code}}));
  if (room.waiting > 0)
    item.lines.push_back(
        visit.words->get("a.hook_waiting", {{"count", std::to_string(room.waiting)}}));
  return item;
}

Field language_field(const Visit& visit, const std::string& chosen, bool may_be_unsaid) {
  auto language = field(visit, "language", "a.language", "select");
  language.name = "message_language";
  language.value = chosen;
  language.options = language_options();
  if (may_be_unsaid) language.options.insert(language.options.begin(), {"", "–"});
  return language;
}

Card add_card(const Visit& visit, const Rooms& rooms, std::optional<RoomError> wrong) {
  Card card{"new-room", visit.say("a.room_add")};
  auto channel = field(visit, "channel", "a.room_channel", "select");
  channel.value = visit.field("channel");
  for (const auto way : rooms.ways())
    channel.options.emplace_back(channels::name(way), notify::people::brand(way));
  // An address that was refused is typed again: it is a secret, and no page shows one.
  auto address = field(visit, "address", "a.room_address", "text", "off");
  address.value.clear();
  address.hint = visit.say("a.room_address_hint");
  auto name = field(visit, "description", "a.room_name", "text", "off");
  name.is_required = false;
  if (wrong)
    (*wrong == RoomError::DescriptionInvalid ? name : address).error = visit.say(word(*wrong));
  card.forms = {
      {std::string(kRoomPages),
       visit.say("a.room_add"),
       {channel, address, name, language_field(visit, visit.field("message_language"), true)}}};
  return card;
}

Card voice_card(const Visit& visit, const Voice& voice, bool is_own,
                std::optional<VoiceError> wrong) {
  Card card{"voice", visit.say("a.voice"), {visit.say("a.voice_text")}};
  const auto& s = voice.sender;
  const auto make = [&](const char* name, const char* label, const std::string& value,
                        const char* hint, const char* type = "text") {
    auto one = field(visit, name, label, type, "off");
    one.value = value;
    one.is_required = std::string_view(name) == "name";
    if (*hint != '\0') one.hint = visit.say(hint);
    if (wrong && word(*wrong).first == name) one.error = visit.say(word(*wrong).second);
    return one;
  };
  ScreenForm form{"/account/messages/voice", visit.say("a.save")};
  form.fields = {make("name", "a.voice_name", s.name, ""),
                 make("postal_address", "a.voice_address", s.postal_address, ""),
                 make("contact", "a.voice_contact", s.contact, "a.voice_contact_hint"),
                 make("colour", "a.voice_colour", s.colour, "a.voice_colour_hint"),
                 language_field(visit, voice.language, false),
                 make("still_days", "a.voice_still", std::to_string(voice.still_days),
                      "a.voice_still_hint", "number")};
  card.forms = {form};
  if (is_own) {
    ScreenForm house{"/account/messages/voice/house", visit.say("a.voice_house")};
    house.tone = "quiet";
    card.forms.push_back(house);
  }
  return card;
}

struct Wrong {
  std::optional<RoomError> room;
  std::optional<VoiceError> voice;
  std::optional<Voice> said;  // what was typed, when it was wrong
};

Answer nowhere(AccountContext& context, VisitPtr visit) {
  co_return say_only(context, *visit, 404, "a.messages", "a.room_unknown", kPage, "a.messages");
}

Answer listed(AccountContext& context, VisitPtr visit, Wrong* wrong) {
  if (!context.messages) co_return co_await nowhere(context, visit);
  const auto& desk = *context.messages;
  const auto account = visit->account();
  std::vector<Room> all;
  Voice voice;
  bool is_own = false;
  auto work = [&](store::Tx& tx) {
    all = desk.rooms.list(tx, account);
    voice = voice_of(tx, account, desk.tools.voice);
    is_own = notify::people::has_voice(tx, account);
  };
  co_await context.database.read(work);
  if (wrong->said) voice = *wrong->said;
  Screen screen{visit->say("a.messages"), visit->say("a.messages_lead")};
  screen.current = kPage;
  Card rooms{"rooms", visit->say("a.rooms"), {visit->say("a.rooms_text")}};
  for (const auto& one : all) rooms.items.push_back(item_of(*visit, one));
  if (rooms.items.empty()) rooms.texts.push_back(visit->say("a.room_none"));
  Card words{"words", visit->say("a.words"), {visit->say("a.words_text")}};
  words.links = {{"/account/messages/words", visit->say("a.words_go")}};
  screen.cards = {rooms, add_card(*visit, desk.rooms, wrong->room), words,
                  voice_card(*visit, voice, is_own, wrong->voice)};
  co_return show(context, *visit, screen, wrong->room || wrong->voice ? 422 : 200);
}

Screen room_screen(const Visit& visit, const Room& room) {
  const auto number = room.receiver.number;
  const auto act = [&](const char* what, const char* words_key, std::string tone) {
    ScreenForm form{fmt::format("{}/{}", kRoomPages, what), visit.say(words_key)};
    form.hidden = {{"room", std::to_string(number)}};
    form.tone = std::move(tone);
    return form;
  };
  Screen screen{name_of(room)};
  screen.current = kPage;
  screen.back = {std::string(kPage), visit.say("a.messages")};
  Card state{"state"};
  auto item = item_of(visit, room);
  item.href.clear();
  state.items = {item};
  const bool is_off = room.receiver.disabled_at.has_value();
  state.row = {
      act("test", "a.hook_test", ""),
      act(is_off ? "resume" : "pause", is_off ? "a.hook_resume" : "a.hook_pause", "quiet")};
  auto remove = act("remove", "a.room_remove", "bad");
  remove.fields = {field(visit, "sure", "a.delete_sure", "checkbox")};
  Card leave{"remove", visit.say("a.room_remove"), {visit.say("a.room_remove_text")}};
  leave.forms = {remove};
  screen.cards = {state, leave};
  return screen;
}

base::Task<std::optional<Room>> find_room(AccountContext& context, std::int64_t account,
                                          std::int64_t number) {
  if (!context.messages) co_return std::nullopt;
  auto work = [&](store::Tx& tx) { return context.messages->rooms.find(tx, account, number); };
  co_return co_await context.database.read(work);
}

}  // namespace

std::string language_name(std::string_view code) {
  UErrorCode status = U_ZERO_ERROR;
  const auto locale = icu::Locale::forLanguageTag(std::string(code), status);
  if (U_FAILURE(status)) return std::string(code);
  icu::UnicodeString name;
  locale.getDisplayName(locale, name);
  std::string out;
  name.toUTF8String(out);
  return out;
}

std::vector<std::pair<std::string, std::string>> language_options() {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto code : messages::languages())
    all.emplace_back(std::string(code), language_name(code));
  return all;
}

Answer messages_page(AccountContext& context, VisitPtr visit) {
  Wrong nothing;
  co_return co_await listed(context, visit, &nothing);
}

Answer room_page(AccountContext& context, VisitPtr visit) {
  const auto number = number_of(visit->request.parameter("number"));
  const auto room = co_await find_room(context, visit->account(), number);
  if (!room) co_return co_await nowhere(context, visit);
  co_return show(context, *visit, room_screen(*visit, *room));
}

Answer add_room(AccountContext& context, VisitPtr visit) {
  if (!context.messages) co_return co_await nowhere(context, visit);
  const notify::people::RoomDraft draft{visit->field("address"), visit->field("description"),
                                        visit->field("message_language")};
  const auto channel = visit->field("channel");
  const auto account = visit->account();
  auto work = [&](store::Tx& tx) {
    return context.messages->rooms.add(tx, account, channel, draft);
  };
  const auto number = co_await context.database.write(work);
  if (number) co_return done(*visit, path_of(*number), "saved");
  Wrong wrong{number.error(), {}, {}};
  co_return co_await listed(context, visit, &wrong);
}

Answer test_room(AccountContext& context, VisitPtr visit) {
  const auto account = visit->account(), number = number_of(visit->field("room"));
  const auto room = co_await find_room(context, account, number);
  if (!room) co_return co_await nowhere(context, visit);
  const auto tested = co_await context.messages->rooms.test(*room, account, visit->who->actor(),
                                                            visit->say("a.room_test_text"));
  auto screen = room_screen(*visit, *room);
  const bool is_taken = tested.outcome.kind == channels::Outcome::Kind::Accepted;
  screen.note = visit->words->get(
      is_taken ? "a.hook_tested" : "a.hook_test_failed",
      {{"code", tested.outcome.code}, {"time", std::to_string(tested.took.count())}});
  screen.note_tone = is_taken ? "good" : "bad";
  co_return show(context, *visit, screen);
}

Answer pause_room(AccountContext& context, VisitPtr visit) {
  if (!context.messages) co_return co_await nowhere(context, visit);
  const auto account = visit->account(), number = number_of(visit->field("room"));
  auto work = [&](store::Tx& tx) { return context.messages->rooms.disable(tx, account, number); };
  const auto outcome = co_await context.database.write(work);
  if (!outcome) co_return co_await nowhere(context, visit);
  co_return done(*visit, path_of(number), "saved");
}

Answer resume_room(AccountContext& context, VisitPtr visit) {
  if (!context.messages) co_return co_await nowhere(context, visit);
  const auto account = visit->account(), number = number_of(visit->field("room"));
  auto work = [&](store::Tx& tx) { return context.messages->rooms.enable(tx, account, number); };
  const auto outcome = co_await context.database.write(work);
  if (!outcome) co_return co_await nowhere(context, visit);
  co_return done(*visit, path_of(number), "saved");
}

Answer remove_room(AccountContext& context, VisitPtr visit) {
  if (!context.messages) co_return co_await nowhere(context, visit);
  const auto account = visit->account(), number = number_of(visit->field("room"));
  if (visit->field("sure").empty()) co_return done(*visit, path_of(number));
  auto work = [&](store::Tx& tx) { return context.messages->rooms.remove(tx, account, number); };
  const auto subject = co_await context.database.write(work);
  if (!subject) co_return co_await nowhere(context, visit);
  // The key; elsewhere, because it waits for the key store's disk.
  const auto gone = *subject;
  auto forget = [&context, account, gone] {
    context.messages->rooms.forget(account, gone);
    return true;
  };
  co_await elsewhere(forget);
  co_return done(*visit, kPage, "saved");
}

Answer set_voice(AccountContext& context, VisitPtr visit) {
  if (!context.messages) co_return co_await nowhere(context, visit);
  const auto account = visit->account();
  Voice voice;
  auto work = [&](store::Tx& tx) {
    voice = voice_of(tx, account, context.messages->tools.voice);
    auto& s = voice.sender;
    s.name = visit->field("name");
    s.postal_address = visit->field("postal_address");
    s.contact = visit->field("contact");
    s.colour = visit->field("colour");
    voice.language = visit->field("message_language");
    const auto days = visit->field("still_days");
    voice.still_days = days == "0" ? 0
                                   : static_cast<int>(std::min<std::int64_t>(
                                         std::max<std::int64_t>(number_of(days), 0), 1000));
    if (voice.still_days == 0 && days != "0") voice.still_days = -1;
    const auto wrong = wrong_in(voice);
    if (!wrong) notify::people::set_voice(tx, account, voice, context.clock.now());
    return wrong;
  };
  const auto why = co_await context.database.write(work);
  if (!why) co_return done(*visit, kPage, "saved");
  Wrong wrong{{}, why, voice};
  co_return co_await listed(context, visit, &wrong);
}

Answer drop_voice(AccountContext& context, VisitPtr visit) {
  const auto account = visit->account();
  auto work = [&](store::Tx& tx) { return notify::people::forget_voice(tx, account); };
  co_await context.database.write(work);
  co_return done(*visit, kPage, "saved");
}

}  // namespace pages::account

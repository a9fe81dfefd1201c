#include "notify/people/rooms.h"

#include "base/id.h"
#include "base/text.h"
#include "messages/message.h"

namespace notify::people {
namespace {

using channels::Channel;
using Access = personal::Access<personal::Purpose::Notify>;

constexpr std::size_t kLongestDescription = 80;
constexpr Channel kRooms[] = {Channel::Slack, Channel::Discord, Channel::Telegram, Channel::Ntfy,
                              Channel::HomeAssistant};

bool is_one_line(std::string_view text) {
  if (text.size() > kLongestDescription || !base::is_utf8(text)) return false;
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return true;
}

bool is_spoken(std::string_view language) {
  const auto& all = messages::languages();
  return std::find(all.begin(), all.end(), language) != all.end();
}

}  // namespace

std::string_view describe(RoomError error) {
  switch (error) {
    case RoomError::Unknown:
      return "there is no such room";
    case RoomError::ChannelUnknown:
      return "a room is one of slack, discord, telegram, ntfy and home_assistant";
    case RoomError::NotSetUp:
      return "whoever runs this service has not set this channel up";
    case RoomError::AddressInvalid:
      return "the address is none that this channel has";
    case RoomError::LanguageUnknown:
      return "messages are not written in that language";
    case RoomError::DescriptionInvalid:
      return "a description is one line of up to 80 bytes";
    case RoomError::TooMany:
      return "an account has at most twenty rooms";
  }
  return "the room cannot be kept";
}

bool is_room(Channel channel) {
  return std::find(std::begin(kRooms), std::end(kRooms), channel) != std::end(kRooms);
}

std::string_view brand(Channel channel) {
  switch (channel) {
    case Channel::Slack:
      return "Slack";
    case Channel::Discord:
      return "Discord";
    case Channel::Telegram:
      return "Telegram";
    case Channel::Ntfy:
      return "ntfy";
    case Channel::HomeAssistant:
      return "Home Assistant";
    default:
      return channels::name(channel);
  }
}

std::vector<Channel> Rooms::ways() const {
  std::vector<Channel> all;
  for (const auto channel : kRooms)
    if (messengers_.is_set_up(channel)) all.push_back(channel);
  return all;
}

std::vector<Room> Rooms::list(store::Tx& tx, std::int64_t account_id) const {
  std::vector<Room> all;
  for (auto& receiver : recipients_.all_receivers(tx, account_id)) {
    const Lane lane{account_id, receiver.channel, receiver.number};
    all.push_back({std::move(receiver), lane_state(tx, lane), waiting_in(tx, lane)});
  }
  return all;
}

std::optional<Room> Rooms::find(store::Tx& tx, std::int64_t account_id, std::int64_t number) const {
  for (auto& room : list(tx, account_id))
    if (room.receiver.number == number) return std::move(room);
  return std::nullopt;
}

// Puts the address into the form in which it is kept.
std::optional<RoomError> Rooms::wrong_in(Channel channel, RoomDraft& draft) const {
  if (draft.description && !is_one_line(*draft.description)) return RoomError::DescriptionInvalid;
  if (draft.language && !draft.language->empty() && !is_spoken(*draft.language))
    return RoomError::LanguageUnknown;
  if (!draft.address) return std::nullopt;
  const auto address = messengers_.room_address(channel, *draft.address);
  if (!address) return RoomError::AddressInvalid;
  draft.address = *address;
  return std::nullopt;
}

base::Result<std::int64_t, RoomError> Rooms::add(store::Tx& tx, std::int64_t account_id,
                                                 std::string_view word,
                                                 const RoomDraft& said) const {
  const auto channel = channels::find_channel(word);
  if (!channel || !is_room(*channel)) return base::Failure{RoomError::ChannelUnknown};
  if (!messengers_.is_set_up(*channel)) return base::Failure{RoomError::NotSetUp};
  auto draft = said;
  if (!draft.address) draft.address.emplace();
  if (const auto wrong = wrong_in(*channel, draft)) return base::Failure{*wrong};
  if (recipients_.all_receivers(tx, account_id).size() >= static_cast<std::size_t>(kMost))
    return base::Failure{RoomError::TooMany};
  Receiver receiver;
  receiver.channel = *channel;
  receiver.description = draft.description.value_or("");
  receiver.language = draft.language.value_or("");
  receiver.address = Address(std::move(*draft.address), personal::Label());
  return recipients_.add_receiver(tx, account_id, std::move(receiver));
}

base::Outcome<RoomError> Rooms::change(store::Tx& tx, std::int64_t account_id, std::int64_t number,
                                       const RoomDraft& said) const {
  auto room = find(tx, account_id, number);
  if (!room) return base::Failure{RoomError::Unknown};
  auto draft = said;
  auto& receiver = room->receiver;
  if (const auto wrong = wrong_in(receiver.channel, draft)) return base::Failure{*wrong};
  if (draft.description) receiver.description = *draft.description;
  if (draft.language) receiver.language = *draft.language;
  receiver.address = draft.address ? Address(*draft.address, personal::Label()) : Address();
  if (!recipients_.change_receiver(tx, account_id, receiver))
    return base::Failure{RoomError::Unknown};
  return std::monostate();
}

base::Outcome<RoomError> Rooms::disable(store::Tx& tx, std::int64_t account_id,
                                        std::int64_t number) const {
  const auto room = find(tx, account_id, number);
  if (!room) return base::Failure{RoomError::Unknown};
  Recipients::disable_receiver(tx, account_id, number, clock_.now());
  pause_lane(tx, {account_id, room->receiver.channel, number}, clock_.now());
  return std::monostate();
}

base::Outcome<RoomError> Rooms::enable(store::Tx& tx, std::int64_t account_id,
                                       std::int64_t number) const {
  const auto room = find(tx, account_id, number);
  if (!room) return base::Failure{RoomError::Unknown};
  Recipients::enable_receiver(tx, account_id, number);
  resume_lane(tx, {account_id, room->receiver.channel, number}, clock_.now());
  return std::monostate();
}

base::Result<personal::SubjectId, RoomError> Rooms::remove(store::Tx& tx, std::int64_t account_id,
                                                           std::int64_t number) const {
  const auto subject = Recipients::take_receiver(tx, account_id, number, clock_.now());
  if (!subject) return base::Failure{RoomError::Unknown};
  return *subject;
}

base::Task<Rooms::Tested> Rooms::test(const Room& room, std::int64_t account_id,
                                      personal::Actor actor, std::string text) const {
  const auto& receiver = room.receiver;
  std::string address;
  {
    Access access(ledger_, actor, account_id, "notify.rooms.test");
    if (receiver.subject != 0) access.about(receiver.subject);
    address = open(receiver.address, access);
  }
  channels::Notice notice;
  notice.title = "Milepost";
  notice.text = std::move(text);
  notice.topic = "test";
  notice.state = "transit";
  notice.key = base::Id::make(clock_.now()).hex();
  Tested tested;
  const auto begin = std::chrono::steady_clock::now();
  tested.outcome =
      co_await messengers_.send(receiver.channel, std::move(address), std::move(notice));
  tested.took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  co_return tested;
}

}  // namespace notify::people

// Where an account itself is told: its chat rooms (Slack, Discord, Telegram, ntfy) and homes (Home
// Assistant). What the API, the command line and the account pages show and change, with one test
// message.
//
// The address is the secret at most of these services: it goes in, is sealed under a key of its
// own, and is never shown again; a room is known by its description. Functions work in a
// transaction of the caller's unless they say otherwise.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "channels/messengers.h"
#include "notify/people/recipients.h"
#include "notify/queue.h"
#include "personal/access.h"

namespace notify::people {

enum class RoomError : std::uint8_t {
  Unknown,
  ChannelUnknown,
  NotSetUp,
  AddressInvalid,
  LanguageUnknown,
  DescriptionInvalid,
  TooMany,
};
// One sentence for a person.
std::string_view describe(RoomError error);

// The ways that lead to a room rather than to a person.
bool is_room(channels::Channel channel);
// "Slack": as its makers write it.
std::string_view brand(channels::Channel channel);

struct Room {
  Receiver receiver;
  std::optional<LaneState> lane;  // how it is doing, once something was to go there
  std::int64_t waiting = 0;
};

// What is empty stays as it is.
struct RoomDraft {
  std::optional<std::string> address, description, language;
};

class Rooms {
 public:
  static constexpr int kMost = 20;  // of an account

  Rooms(Recipients& recipients, personal::Ledger& ledger, channels::Messengers& messengers,
        const base::Clock& clock)
      : recipients_(recipients), ledger_(ledger), messengers_(messengers), clock_(clock) {}

  // The ways that the operator has set up.
  std::vector<channels::Channel> ways() const;

  std::vector<Room> list(store::Tx& tx, std::int64_t account_id) const;
  std::optional<Room> find(store::Tx& tx, std::int64_t account_id, std::int64_t number) const;
  // Its number. Told from the next news on.
  base::Result<std::int64_t, RoomError> add(store::Tx& tx, std::int64_t account_id,
                                            std::string_view channel, const RoomDraft& draft) const;
  base::Outcome<RoomError> change(store::Tx& tx, std::int64_t account_id, std::int64_t number,
                                  const RoomDraft& draft) const;
  base::Outcome<RoomError> disable(store::Tx& tx, std::int64_t account_id,
                                   std::int64_t number) const;
  // Also after the other side said that it was gone, and whatever its circuit says.
  base::Outcome<RoomError> enable(store::Tx& tx, std::int64_t account_id,
                                  std::int64_t number) const;
  // With everything that waits for it. The key of its address is to be destroyed after the commit
  // (forget(), which blocks).
  base::Result<personal::SubjectId, RoomError> remove(store::Tx& tx, std::int64_t account_id,
                                                      std::int64_t number) const;
  void forget(std::int64_t account_id, personal::SubjectId subject) const {
    recipients_.forget(account_id, subject);
  }

  // One test message with this text, now, past the queue; into a room that is switched off, too.
  // Not in a transaction; `room` outlives it.
  struct Tested {
    channels::Outcome outcome;
    std::chrono::milliseconds took{};
  };
  base::Task<Tested> test(const Room& room, std::int64_t account_id, personal::Actor actor,
                          std::string text) const;

 private:
  std::optional<RoomError> wrong_in(channels::Channel channel, RoomDraft& draft) const;

  Recipients& recipients_;
  personal::Ledger& ledger_;
  channels::Messengers& messengers_;
  const base::Clock& clock_;
};

}  // namespace notify::people

// Addresses to which nothing goes, whatever anybody wants: checked last, in the transaction that
// sends, and kept when the shipment is gone, so that an import does not bring an address back.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "channels/channel.h"
#include "consent/person.h"
#include "store/database.h"

namespace consent {

// Stored by name. In rising weight: a heavier one replaces a lighter one, never the reverse.
enum class Why : std::uint8_t {
  Bounced,       // nobody takes mail there
  Unsubscribed,  // one click, or the preference page
  Stopped,       // STOP by SMS
  Complained,    // "this is spam"
  Erased,        // the person had themselves erased
};
inline constexpr std::array<std::string_view, 5> kWhyNames = {"bounced", "unsubscribed", "stopped",
                                                              "complained", "erased"};
constexpr std::string_view name(Why why) { return kWhyNames[static_cast<std::size_t>(why)]; }

struct Suppression {
  std::optional<channels::Channel> channel;  // nothing: every one
  Why why = Why::Unsubscribed;
  base::Instant since{};
  std::optional<base::Instant> until;  // nothing: until it is taken back
};

// In the caller's transaction; the same again changes nothing.
void suppress(store::Tx& tx, std::int64_t account_id, const Person& person,
              const Suppression& suppression);
// Takes it back: the person said so themselves (undo, START), or the operator knows a bounce to be
// over. What was not asked for by name (another channel's, an erasure's) stays.
void release(store::Tx& tx, std::int64_t account_id, const Person& person,
             std::optional<channels::Channel> channel);

// The heaviest that is in force for this channel, its own or that of every one.
std::optional<Suppression> suppression_of(store::Tx& tx, std::int64_t account_id,
                                          const Person& person, channels::Channel channel,
                                          base::Instant now);
// All of them, for the person's own page and the access export.
std::vector<Suppression> suppressions_of(store::Tx& tx, std::int64_t account_id,
                                         const Person& person);
// Removes those whose time is over. Gives back how many.
std::int64_t sweep_suppressions(store::Tx& tx, base::Instant now);

}  // namespace consent

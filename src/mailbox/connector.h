// What every kind of link answers to, whoever stands at the other end: what it may do there and
// why, what it takes, reading on from where it stopped, and giving the permission back.
//
// A connector reads and changes nothing: no flag, no folder, no message. It fetches heads first and
// opens only what the reader of heads asks for. It keeps nothing; what it had in hand is wiped.
// Calls block: one thread each, never an I/O thread.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "mailbox/extract.h"

namespace mailbox {

// What opens a mailbox. Wiped when it goes.
struct Keys {
  std::string address;  // the mailbox, as its owner calls it
  std::string server;   // IMAP: "imap.example.org:993"; empty: the provider's own
  std::string user;     // empty: the address
  std::string secret;   // a password, or a refresh token

  Keys() = default;
  Keys(const Keys&) = default;
  Keys(Keys&&) noexcept;
  Keys& operator=(Keys other) noexcept;
  ~Keys();
};

enum class Fault : std::uint8_t {
  None,
  Address,      // no address, or no server, that could be
  Unreachable,  // no connection now
  Refused,      // our own rule: the address is private, or the host is not in the register
  Tls,
  Denied,  // the keys do not open it any more: nothing helps but linking anew
  Busy,    // asked to come back later (429, quota)
  Broken,  // an answer that makes no sense
  Stopped,
  Known,  // this mailbox is linked already
};
std::string_view word(Fault fault);        // as stored
Fault fault_named(std::string_view word);  // None for what is no such word

struct Scope {
  std::string_view name, reason;
};

// The kinds of data that a link takes; there are no others (extract.h).
inline constexpr std::string_view kTaken[] = {"tracking number", "courier", "order number", "day",
                                              "sender's domain"};

// What reading does with what it meets.
struct Reader {
  std::function<bool(const Head&)> wants;              // to be opened?
  std::function<void(std::string_view message)> take;  // RFC 5322 bytes
};

struct Pass {
  std::string position;     // where to go on next time, in the connector's own words
  std::int64_t heads = 0;   // heads looked at
  std::int64_t opened = 0;  // messages opened
  bool is_finished = true;  // there is nothing more for now
  std::string secret;       // a refresh token given anew, to be kept in the old one's place
};

class Connector {
 public:
  virtual ~Connector() = default;

  virtual std::string_view kind() const = 0;   // as stored: "imap-password", "imap-token", "gmail"
  virtual std::string_view title() const = 0;  // for people
  virtual std::vector<Scope> scopes() const = 0;
  std::span<const std::string_view> takes() const { return kTaken; }

  // Do the keys open it, for reading? The first thing that is asked. Fills in an address that was
  // not given where the other side knows it, and a token that was given anew.
  virtual Fault probe(Keys& keys, const std::atomic<bool>* stop) = 0;
  // Messages since `since`, oldest first, from `position` on; empty: from the beginning. At most
  // some hundreds at once. A position that the other side does not know any more begins anew.
  virtual base::Result<Pass, Fault> read(const Keys& keys, std::string_view position,
                                         base::Instant since, const Reader& reader,
                                         const std::atomic<bool>* stop) = 0;
  // Gives back what was permitted; afterwards the keys open nothing. None: it is so, or there is
  // nothing to give back (a password is its owner's to change).
  virtual Fault revoke(const Keys& keys) = 0;
};

}  // namespace mailbox

// The register of processors and other recipients: to which hosts personal data may go, who is
// behind each, in which country, by which safeguard, for what, and since when by contract
// (GDPR Art. 28, 30(1)(d)-(e), 44-49).
//
//   [[processor]]
//   name = "Example SMS BV"
//   hosts = ["api.sms.example", "*.sms.example"]
//   country = "NL"
//   safeguard = "in-eea"
//   contract = "2026-01-05"     # the day of the contract; "not-needed" where no processor acts for
//   us purpose = "Notify"          # an id of purposes.toml task = "sends text messages" categories
//   = ["phone", "free text"]
//
// Entries come from three places: data/privacy/processors.toml, which knows the services that the
// program has words for; the connectors that are set up; and the operator's own file, which
// outranks both. An entry that does not say where the data goes and why that is lawful is no entry:
// it is refused with file and line, and its hosts stay closed.
//
// Immutable once made; safe from any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/egress.h"
#include "policy/facts.h"

namespace policy {

struct Processor {
  std::string name;
  std::vector<std::string> hosts;  // lower case; "*.example.com": any name below
  std::string country, safeguard, contract, purpose, task;
  std::vector<std::string> categories;

  // Does it lack what makes sending lawful? What it lacks, in words; empty: nothing.
  std::string lacks() const;
};

// The words for safeguards: id and how people read it.
struct Safeguard {
  std::string_view id, words;
  // Where it holds: in the EEA, where the Commission found the country adequate, or anywhere.
  enum class Where : std::uint8_t { Eea, Adequate, Anywhere } where;
};
const Safeguard* safeguard_named(std::string_view id);
// What holds for a country by itself: "in-eea", "adequacy", or nothing.
std::string_view safeguard_of_country(std::string_view country);

class Processors final : public http::EgressGate {
 public:
  struct Read {
    std::vector<Processor> processors;
    std::vector<std::string> mistakes;  // "FILE:LINE: .."; those entries are left out
  };
  static Read read(std::string_view text, std::string_view file);
  // data/privacy/processors.toml; throws std::logic_error for a mistake in it.
  static std::vector<Processor> built_in();

  // Later ones outrank earlier ones for the same host.
  explicit Processors(std::vector<Processor> processors) : processors_(std::move(processors)) {}

  const Processor* of_host(std::string_view host) const;
  // Nothing for this machine and its own network (loopback, private addresses, .local), and for
  // hosts of an entry that lacks nothing. Logs each refused host once.
  std::optional<std::string> refusal(std::string_view host) const override;

  const std::vector<Processor>& all() const { return processors_; }

 private:
  std::vector<Processor> processors_;
};

// For the page of processors and the record of processing.
Recipient recipient_of(const Processor& processor);

}  // namespace policy

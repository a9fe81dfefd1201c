#include "policy/processors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <set>
#include <stdexcept>

#include "base/log.h"
#include "base/text.h"
#include "http/address.h"
#include "personal/purposes.gen.h"

#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace policy {
namespace {

// Countries the European Commission found adequate as a whole (GDPR Art. 45). The United States are
// not: there it depends on the company.
constexpr std::array<std::string_view, 14> kAdequate = {"AD", "AR", "CA", "CH", "FO", "GB", "GG",
                                                        "IL", "IM", "JE", "JP", "KR", "NZ", "UY"};

constexpr std::array kSafeguards = {
    Safeguard{"in-eea", "in the EEA", Safeguard::Where::Eea},
    Safeguard{"adequacy", "adequacy decision (GDPR Art. 45)", Safeguard::Where::Adequate},
    Safeguard{"framework", "certified under the EU-US Data Privacy Framework (GDPR Art. 45)",
              Safeguard::Where::Anywhere},
    Safeguard{"standard-clauses", "standard contractual clauses (GDPR Art. 46(2)(c))",
              Safeguard::Where::Anywhere},
    Safeguard{"binding-rules", "binding corporate rules (GDPR Art. 47)",
              Safeguard::Where::Anywhere},
    Safeguard{"needed-for-delivery", "needed to deliver the parcel (GDPR Art. 49(1)(c))",
              Safeguard::Where::Anywhere},
    Safeguard{"chosen-by-the-person", "chosen by the person who is told (GDPR Art. 49(1)(a))",
              Safeguard::Where::Anywhere},
};

bool is_adequate(std::string_view country) {
  return std::ranges::find(kAdequate, country) != kAdequate.end();
}

bool is_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  return std::ranges::all_of(text, [](char c) { return c == '-' || (c >= '0' && c <= '9'); });
}

std::vector<std::string> texts(const toml::table& entry, std::string_view key) {
  std::vector<std::string> all;
  const auto* list = entry[key].as_array();
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i)
    all.push_back((*list)[i].value_or(std::string()));
  return all;
}

Processor read_entry(const toml::table& entry) {
  Processor one;
  const auto text = [&](std::string_view key) { return entry[key].value_or(std::string()); };
  one.name = text("name");
  one.hosts = texts(entry, "hosts");
  for (auto& host : one.hosts) host = base::lower(host);
  one.country = text("country");
  one.safeguard = text("safeguard");
  one.contract = text("contract");
  one.purpose = text("purpose");
  one.task = text("task");
  one.categories = texts(entry, "categories");
  return one;
}

// What is wrong with an entry that is not merely unfinished; nothing when it may stand.
std::string fault_of(const Processor& one) {
  if (one.name.empty()) return "has no name";
  if (one.hosts.empty()) return one.name + " names no hosts";
  if (one.country.size() != 2) return one.name + " names no country (two letters)";
  const auto* safeguard = safeguard_named(one.safeguard);
  if (safeguard == nullptr)
    return fmt::format(
        "{} names no safeguard; one of: in-eea, adequacy, framework, "
        "standard-clauses, binding-rules, needed-for-delivery, chosen-by-the-person",
        one.name);
  if (safeguard->where == Safeguard::Where::Eea && !is_in_eea(one.country))
    return fmt::format("{} is in {}, which is not in the EEA", one.name, one.country);
  if (safeguard->where == Safeguard::Where::Adequate && !is_adequate(one.country))
    return fmt::format("{} is in {}, for which there is no adequacy decision", one.name,
                       one.country);
  const bool is_purpose = std::ranges::any_of(
      personal::kPurposes, [&](auto purpose) { return name(purpose) == one.purpose; });
  if (!is_purpose) return one.name + " names no purpose of data/privacy/purposes.toml";
  return {};
}

bool covers(std::string_view pattern, std::string_view host) {
  if (pattern == host) return true;
  return pattern.starts_with("*.") && host.size() > pattern.size() - 1 &&
         host.ends_with(pattern.substr(1));
}

// Says it once for each host, however many calls wait for it.
void say_once(std::string_view host, std::string_view sentence) {
  static std::mutex mutex;
  static std::set<std::string, std::less<>> said;
  {
    const std::lock_guard lock(mutex);
    if (said.size() > 1000 || !said.emplace(host).second) return;
  }
  base::log(base::Level::Error, "egress.refused", {{"host", host}, {"why", sentence}});
}

}  // namespace

const Safeguard* safeguard_named(std::string_view id) {
  const auto found = std::ranges::find(kSafeguards, id, &Safeguard::id);
  return found == kSafeguards.end() ? nullptr : &*found;
}

std::string_view safeguard_of_country(std::string_view country) {
  if (is_in_eea(country)) return "in-eea";
  return is_adequate(country) ? "adequacy" : std::string_view();
}

std::string Processor::lacks() const {
  if (contract == "not-needed" || is_day(contract)) return {};
  return fmt::format(
      "there is no contract with {} in the register (GDPR Art. 28(3)): when you have one, write "
      "its "
      "day into the file of outgoing.processors, in an entry for this host",
      name);
}

Processors::Read Processors::read(std::string_view text, std::string_view file) {
  Read read;
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    read.mistakes.push_back(fmt::format("{}:{}: {}", file, error.source().begin.line,
                                        std::string_view(error.description())));
    return read;
  }
  const auto* list = root["processor"].as_array();
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const auto* entry = (*list)[i].as_table();
    if (entry == nullptr) continue;
    auto one = read_entry(*entry);
    if (const auto fault = fault_of(one); !fault.empty()) {
      read.mistakes.push_back(fmt::format("{}:{}: {}", file, entry->source().begin.line, fault));
      continue;
    }
    read.processors.push_back(std::move(one));
  }
  return read;
}

std::vector<Processor> Processors::built_in() {
  auto made = read(data_file("privacy/processors.toml"), "processors.toml");
  if (!made.mistakes.empty()) throw std::logic_error(made.mistakes.front());
  return std::move(made.processors);
}

const Processor* Processors::of_host(std::string_view host) const {
  const auto wanted = base::lower(host);
  for (auto one = processors_.rbegin(); one != processors_.rend(); ++one) {
    if (std::ranges::any_of(one->hosts, [&](const auto& h) { return covers(h, wanted); }))
      return &*one;
  }
  return nullptr;
}

std::optional<std::string> Processors::refusal(std::string_view host) const {
  if (http::is_private_name(host) || (http::is_address(host) && !http::is_public(host)))
    return std::nullopt;
  const auto* one = of_host(host);
  std::string why;
  if (one == nullptr) {
    why = fmt::format(
        "{} is in no register of processors, so no personal data goes there; write an entry with "
        "its country and safeguard into the file of outgoing.processors (docs/operating.md)",
        host);
  } else {
    why = one->lacks();
  }
  if (why.empty()) return std::nullopt;
  say_once(host, why);
  return why;
}

Recipient recipient_of(const Processor& processor) {
  Recipient one;
  one.name = processor.name;
  one.kind = processor.purpose == "AskCarrier" && processor.contract == "not-needed" ? "carrier"
                                                                                     : "processor";
  one.task = processor.task;
  one.country = processor.country;
  const auto* safeguard = safeguard_named(processor.safeguard);
  one.safeguard = safeguard == nullptr ? processor.safeguard : std::string(safeguard->words);
  one.categories = processor.categories;
  one.purpose = processor.purpose;
  if (is_day(processor.contract)) one.since = processor.contract;
  return one;
}

}  // namespace policy

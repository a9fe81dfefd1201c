// What a shop may say in its own words: five blocks of one message, over variables, and the linter
// that keeps them honest. A Template in hand has passed it.
//
// A block is text with a little HTML (p, br, b, strong, i, em, a, ul, ol, li, h2, h3, span, img)
// and Mustache: {{variable}}, {{#variable}} shown when it is not empty {{/variable}}, {{^variable}}
// shown when it is {{/variable}}. Values are always escaped. The text part is made of the same
// block. docs/messages.md has the table of variables and the rules.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "messages/message.h"

namespace messages {

// An empty block: the house's own words stand.
struct Blocks {
  std::string subject = {};  // one line, no HTML
  std::string intro = {};    // in place of the sentences below the headline
  std::string extra = {};    // a block below the button
  std::string footer = {};   // in place of the house's footer; must keep what the law wants there
  std::string sms = {};      // in place of the short text of SMS, push and chat; one line, no HTML
  bool operator==(const Blocks&) const = default;
};

struct Finding {
  enum class Severity : std::uint8_t { Error, Warning } severity = Severity::Error;
  std::string_view block;  // "subject", "intro", "extra", "footer", "sms"
  int line = 1;            // inside the block
  std::string_view rule;   // "unknown-variable", "remote-image" ... (docs/messages.md)
  std::string message;     // one English sentence: what is wrong and what to write instead
};
// "footer, line 3: ... (missing-unsubscribe)"
std::string describe(const Finding& finding);

// Every mistake at once, in the order of the blocks and lines.
std::vector<Finding> lint(const Blocks& blocks, journey::Trigger trigger,
                          std::string_view language);

class Template {
 public:
  // Refused with every finding when one of them is an error.
  static base::Result<Template, std::vector<Finding>> create(Blocks blocks,
                                                             journey::Trigger trigger,
                                                             std::string_view language,
                                                             std::int64_t version);

  const Blocks& blocks() const { return blocks_; }
  journey::Trigger trigger() const { return trigger_; }
  const std::string& language() const { return language_; }
  // Counts the shop's editions of this one upwards from 1: a sent message names it in the log.
  std::int64_t version() const { return version_; }
  const std::vector<Finding>& warnings() const { return warnings_; }

 private:
  // The linter looks at the message that a block would become.
  friend std::vector<Finding> lint(const Blocks& blocks, journey::Trigger trigger,
                                   std::string_view language);
  static Template unchecked(Blocks blocks, journey::Trigger trigger, std::string_view language);
  Template(Blocks blocks, journey::Trigger trigger, std::string language, std::int64_t version)
      : blocks_(std::move(blocks)),
        trigger_(trigger),
        language_(std::move(language)),
        version_(version) {}

  Blocks blocks_;
  journey::Trigger trigger_;
  std::string language_;
  std::int64_t version_;
  std::vector<Finding> warnings_;
};

struct Variable {
  std::string_view name;     // "tracking_number"
  std::string_view meaning;  // English, for the editor and docs
  bool is_html = false;      // made by the house, not escaped again: notice, controller
};
const std::vector<Variable>& variables();

// Invented facts that fill every variable, for previews and the linter: no real person or parcel.
Facts sample_facts(journey::Trigger trigger, std::string_view language);

}  // namespace messages

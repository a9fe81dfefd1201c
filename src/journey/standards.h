// The code lists of standards that are built in (data/standards), and how their codes are written
// in practice.
#pragma once
#include <string>
#include <string_view>

#include "journey/understanding.h"

namespace journey {

class Standards {
 public:
  // Throws std::logic_error when a built-in table is broken: a test parses each.
  Standards();
  // By its name or an alias, any case; null when there is none.
  const CodeTable* find(std::string_view name) const;

 private:
  std::vector<std::pair<std::string_view, CodeTable>> tables_;
};

// The code as the standard's table lists it: the last part of an IRI or URN ("DEP" of
// ".../StatusCode#DEP", "shipping" of "urn:epcglobal:cbv:bizstep:shipping"), "disp:" kept before a
// GS1 disposition. A code without such dress is given back as it is. Points into `code` or into
// `room`.
std::string_view bare_code(std::string_view code, std::string& room);

}  // namespace journey

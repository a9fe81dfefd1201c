#include "pages/template.h"

#include <map>

namespace pages {

// Parsing a template costs more than rendering it, and rendering is not const.
std::string render(std::string_view template_text, const Data& data) {
  thread_local std::map<const char*, kainjow::mustache::mustache> parsed;
  auto found = parsed.find(template_text.data());
  if (found == parsed.end()) {
    found = parsed.try_emplace(template_text.data(), std::string(template_text)).first;
  }
  return found->second.render(data);
}

}  // namespace pages

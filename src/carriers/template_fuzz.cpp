// A template of any bytes, with a value of any bytes: what comes out stays inside its place.
#include <cstdlib>

#include "carriers/document.h"
#include "carriers/template.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto middle = std::min(all.find('\0'), all.size());
  const auto text = carriers::parse_template(all.substr(0, middle));
  const std::string value(all.substr(std::min(middle + 1, all.size())));
  carriers::Words words;
  words.set("number", value);
  for (const auto where :
       {carriers::Escape::Path, carriers::Escape::Query, carriers::Escape::Header,
        carriers::Escape::Json, carriers::Escape::Xml, carriers::Escape::Plain}) {
    if (text) carriers::render(*text, words, where);
  }
  const auto path = carriers::escaped(value, carriers::Escape::Path);
  if (path.find_first_of("/?#& \r\n\\") != std::string::npos || path == "..") std::abort();
  if (carriers::escaped(value, carriers::Escape::Header).find_first_of("\r\n") != std::string::npos)
    std::abort();
  // The readers agree that it is still one string and one element.
  carriers::Document document;
  const auto json = "{\"n\":\"" + carriers::escaped(value, carriers::Escape::Json) + "\"}";
  if (!document.parse(carriers::Format::Json, json) || document.size() > 2) std::abort();
  const auto xml = "<n>" + carriers::escaped(value, carriers::Escape::Xml) + "</n>";
  if (!document.parse(carriers::Format::Xml, xml) || document.size() > 3) std::abort();
  return 0;
}

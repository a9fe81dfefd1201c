// The templates of a connector's requests (docs/connectors.md): "/v1/{number}?x={{": text and names
// by turns. Pure.
//
// What stands for a name was given by somebody else (a customer's tracking number, the operator's
// secret), so it is escaped for the place it goes to, and can never end the string, element, path
// segment or header it was put into. The text between the names is the definition's own.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace carriers {

struct Template {
  struct Piece {
    bool is_name = false;
    std::string text;  // the name without braces, or the text as it stands
    friend bool operator==(const Piece&, const Piece&) = default;
  };
  std::vector<Piece> pieces;
  std::string source;  // as written in the definition

  bool empty() const { return source.empty(); }
  bool uses(std::string_view name) const;
};
using NamedTemplates = std::vector<std::pair<std::string, Template>>;  // in the file's order

// A name is lower-case letters, digits and underscores between braces; "{{" is a brace, and so is
// one that no name follows: JSON reads as JSON. The error is a sentence.
base::Result<Template, std::string> parse_template(std::string_view text);

// Where a rendered template goes.
enum class Escape : std::uint8_t {
  Path,    // values percent-encoded (unreserved characters stay), text as it stands
  Query,   // one value of a query or form: text is encoded too, where it must be
  Header,  // values lose control characters
  Json,    // inside a string
  Xml,     // inside text or a quoted attribute
  Plain,   // a body of another kind: as it is
};
// Of a body with this content type.
Escape escape_of_body(std::string_view content_type);

std::string escaped(std::string_view value, Escape where);
// As application/x-www-form-urlencoded writes text (WHATWG URL 5.2): a space is "+". For what is
// signed in that form; a form's own values are percent-encoded, which every reader of forms takes.
std::string form_encoded(std::string_view text);

// What the names stand for in one request.
class Words {
 public:
  void set(std::string_view name, std::string value);
  // Is text of the template's own kind already, and not escaped: {base}, {numbers}.
  void set_as_is(std::string_view name, std::string text);
  struct Word {
    std::string text;
    bool is_escaped = false;
  };
  // nullptr when there is none.
  const Word* find(std::string_view name) const;

 private:
  std::map<std::string, Word, std::less<>> words_;
};

// Names that stand for nothing are left out: the definition's check has refused unknown ones.
std::string render(const Template& text, const Words& words, Escape where);

}  // namespace carriers

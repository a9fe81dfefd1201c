// What a visitor was asked about optional purposes, and what follows from it: the banner, and what
// the browser is allowed to load. Pure.
//
// Our register has no optional entry, so nobody is asked anything and no page allows another host.
// Should an operator add one, the question appears by itself: before anything is stored or loaded,
// with no as easy as yes, and not at all to a browser that says no by itself (Sec-GPC: 1).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "http/cookie.h"
#include "http/message.h"

namespace pages {

// An optional purpose. The revision grows with every entry that is added or changes its meaning, so
// that an answer given before is no answer to it, and other purposes' answers stay.
struct Question {
  std::string purpose;
  int revision = 0;
  bool operator==(const Question&) const = default;
};
std::vector<Question> questions(const http::Register& cookies);

struct Answer {
  Question question;
  bool is_yes = false;
};

class Choice {
 public:
  // From the cookie and the browser's signal; answers to older revisions do not count.
  static Choice of(const http::Request& request, const http::Register& cookies);
  static Choice parse(std::string_view cookie_value, bool says_no, const http::Register& cookies);

  // Only after a yes to this very question. The browser's signal outranks an older yes.
  bool allows(std::string_view purpose) const;
  Choice() = default;  // nothing was asked, nothing is allowed

  // Still to be asked; none for a browser that says no by itself.
  const std::vector<Question>& open() const { return open_; }

 private:
  std::vector<Answer> answers_;
  std::vector<Question> open_;
  bool says_no_ = false;
};

// The cookie's value: the same answer to all of them, or one each.
std::string encode(const std::vector<Answer>& answers);

enum class Forms { None, OwnSite };
// No other host, ever, but those of vendors whose purpose the visitor allowed.
std::string content_security_policy(const http::Register& cookies, const Choice& choice,
                                    Forms forms);

// Is this an address of this site, to go back to? "/x?y=z", and nothing a browser could read as
// another site: no scheme, no "//", no backslash, no control character.
bool is_own_path(std::string_view path);

// Did the form come from one of our own pages? By what the browser itself says (Sec-Fetch-Site,
// else Origin against Host); true when it says neither.
bool is_from_own_site(const http::Request& request);

}  // namespace pages

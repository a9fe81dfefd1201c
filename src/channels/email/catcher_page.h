// What the mail catcher caught, as pages: a list, and each message as its reader sees it, as text,
// as source, and judged by what mailbox providers ask of a sender. Complete without script.
//
// A message is a stranger's HTML: it is shown in a frame without rights, under a policy of its own
// that loads nothing at all (pictures inside the message are put into the page as data).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "channels/email/catcher.h"
#include "http/router.h"

namespace channels::email {

inline constexpr std::string_view kCatcherPath = "/demo/mail";

// GET /demo/mail, /demo/mail/{number}, /demo/mail/{number}/html. The catcher must outlive the
// router.
void add_catcher_routes(http::Router& router, const Catcher& catcher);

enum class View { Html, Text, Source, Checks };

std::string list_page(const Catcher& catcher);
std::string message_page(const Catcher& catcher, const Caught& caught, View view);
// The HTML part, with its own pictures as data: URLs; the text part in <pre> when there is none.
std::string html_of(const Caught& caught);
std::string text_of(const Caught& caught);

struct Check {
  enum class Verdict { Good, Bad, Plain } verdict;
  std::string name;  // "Loads nothing from elsewhere"
  std::string says;
};
std::vector<Check> checks_of(const Caught& caught);

}  // namespace channels::email

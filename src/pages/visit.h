// What all endpoints of this room do alike: the language, the headers, going back.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "pages/choice.h"
#include "pages/layout.h"
#include "pages/words.h"

namespace pages {

using Form = std::vector<std::pair<std::string, std::string>>;

// The value of a key; the last one wins, as browsers send a hidden default before a ticked box.
std::string_view value_of(const Form& form, std::string_view key);
std::string query_value(const http::Request& request, std::string_view key);
// The body of a form (application/x-www-form-urlencoded); empty when it is something else.
Form form_of(const http::Request& request);

const Words& words_of(const http::Request& request);
Frame frame_of(const http::Request& request, const http::Register& cookies);

// A page with its headers: what it may load, that nobody keeps a copy, that it tells nobody where
// the visitor came from.
http::Response page(int status, std::string body, std::string policy);
http::Response page(int status, std::string body, const http::Request& request,
                    const http::Register& cookies = http::the_register(),
                    Forms forms = Forms::None);
// 303 to an address of our own; to `otherwise` when `path` is not one.
http::Response go(std::string_view path, std::string_view otherwise = "/");

}  // namespace pages

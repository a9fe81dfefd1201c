// What questions, registrations and token calls have in common. For this room's own files.
#pragma once
#include <string>
#include <string_view>

#include "carriers/definition.h"
#include "carriers/question.h"

namespace carriers::parts {

// Where the operator says the carrier is, or the definition; without a slash at the end.
std::string base_of(const Definition& definition, const Settings& settings);
// What is the same for each question of a call.
void set_general(Words& words, const Definition& definition, const Settings& settings,
                 const Circumstances& circumstances);
// Whether a value is nothing but an optional secret nobody gave, or an extra nobody knows: it is
// left out rather than sent empty.
bool is_left_out(const Template& text, const std::string& rendered);
// In place of one of that name.
void add_header(http::Headers& headers, const std::string& name, std::string value);
void add_headers(http::Call& call, const NamedTemplates& headers, const Words& words);
// RFC 7617.
std::string basic(std::string_view user, std::string_view password);
// Which way the call may take, by the operator's settings.
void set_route(http::Call& call, const Settings& settings);

}  // namespace carriers::parts

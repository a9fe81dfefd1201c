// A page from its template (Mustache, web/pages/) and its values. What is put in is escaped by the
// template.
#pragma once
#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>

namespace pages {

using Data = kainjow::mustache::data;

// `template_text` must live as long as the program: it is parsed once in each thread.
std::string render(std::string_view template_text, const Data& data);

}  // namespace pages

// The little Markdown our own documents are written in, to HTML. Pure.
//
// Known: headings with an id ("## Title {#id}"), paragraphs, lists ("- "), tables ("| a | b |" with
// a rule below the first row), **strong**, `code`, [text](address) with addresses of this site,
// https: and mailto:. Everything else is text, and all text is escaped: a document can hold values
// that somebody typed.
#pragma once
#include <string>
#include <string_view>

namespace policy {

std::string to_html(std::string_view markdown);

// A value that is put into a document: line breaks and the signs above lose their meaning.
std::string plain(std::string_view value);

}  // namespace policy

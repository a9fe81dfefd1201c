#include "base/text.h"

#include "channels/chat/chat.h"

namespace channels::chat {

std::string slack_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string discord_text(std::string_view text) {
  constexpr std::string_view kMarkup = "\\*_~`|>#[]()<@:-.";
  std::string out;
  while (!text.empty()) {
    const bool is_link = text.starts_with("https://") || text.starts_with("http://");
    const auto word =
        is_link ? text.substr(0, text.find_first_of(" \n\t\r<>\"")) : text.substr(0, 1);
    // A full stop and a hyphen mean something after a digit or at a line's beginning only, and
    // escaped they would still look right; but mails and numbers are easier to copy without.
    const bool at_line = out.empty() || out.back() == '\n';
    const bool means =
        kMarkup.find(word.front()) != std::string_view::npos &&
        ((word != "-" && word != ".") || at_line || (word == "." && base::is_digit(out.back())));
    if (!is_link && means) out += '\\';
    out += word;
    text.remove_prefix(word.size());
  }
  return out;
}

std::size_t utf16_length(std::string_view text) {
  std::size_t length = 0;
  while (!text.empty()) {
    const auto size = base::utf8_sequence(text);
    length += size == 4 ? 2 : 1;
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return length;
}

}  // namespace channels::chat

// The registers' small parts of speech: lists of words in one column, countries.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace rights {

inline std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> all;
  while (!text.empty()) {
    const auto end = text.find(' ') == std::string_view::npos ? text.size() : text.find(' ');
    if (end > 0) all.emplace_back(text.substr(0, end));
    text.remove_prefix(end == text.size() ? end : end + 1);
  }
  return all;
}

inline std::string join_words(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// Written like one: two capital letters.
inline bool is_country(std::string_view text) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return text.size() == 2 && is_capital(text[0]) && is_capital(text[1]);
}

}  // namespace rights

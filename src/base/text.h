// Text chores that must not change with the locale: ASCII case, trimming, UTF-8, hexadecimal.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace base {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) { return is_upper(c) || is_lower(c); }
constexpr char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }
constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

std::string upper(std::string_view text);
std::string lower(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);

// Without ASCII white space at either end.
std::string_view trim(std::string_view text);

// Bytes of the well-formed UTF-8 sequence at the front of text, 0 when there is none (RFC 3629: no
// surrogates, no overlong forms, nothing above U+10FFFF).
std::size_t utf8_sequence(std::string_view text);
bool is_utf8(std::string_view text);
// Characters, not bytes; each broken byte counts as one.
std::size_t utf8_length(std::string_view text);

std::string to_hex(std::span<const std::uint8_t> bytes);
std::string to_hex(std::string_view bytes);
// RFC 4648 4, with padding.
std::string to_base64(std::string_view bytes);
// Empty when text is not pairs of hexadecimal digits.
std::string from_hex(std::string_view text);

}  // namespace base

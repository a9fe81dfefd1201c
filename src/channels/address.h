// The forms of addresses that several channels share. Pure.
#pragma once
#include <cstdint>
#include <string_view>

namespace channels {

enum class Scheme : std::uint8_t { HttpsOnly, HttpToo };

// A whole address that may be called: scheme, a host, no user, no fragment, nothing that would have
// to be escaped, at most 2,000 characters. Where it may lead http::Client judges.
bool is_web_address(std::string_view text, Scheme scheme);

}  // namespace channels

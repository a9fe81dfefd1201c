// Cookies: only those of the register (data/privacy/cookies.toml), only as it says.
//
// A handler sets one with response.cookies.set(cookie::kSession, token). A Cookie is made by the
// generated register alone, so a cookie nobody declared does not compile; a "Set-Cookie" among a
// response's headers is dropped on its way out (answer.cpp) and refused by tests/architecture.sh.
//
// Every cookie is __Host- prefixed, Secure, HttpOnly and bound to "/" (RFC 6265bis 4.1.3.2).
// Browsers take Secure cookies over plain HTTP from this very machine (http://localhost), so that
// the demo can be signed in to; from anywhere else the service needs TLS.
#pragma once
#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace http {

class Request;

// What the register says of one, for pages and tests.
struct CookieEntry {
  std::string_view id;    // "session"
  std::string_view name;  // "__Host-session"
  int lifetime_days = 0;  // 0: ends with the browser's session
  std::string_view purpose;
  bool is_required = true;  // else only after consent to its purpose
  int revision = 1;
  std::string_view values;  // "random", "answers", or the words there are, apart by spaces
  std::string_view same_site;
  std::string_view reader;
  std::string_view set_when;
  std::string_view text;
};
struct StorageEntry {
  std::string_view kind, name, purpose, text;
  bool is_required = true;
  int revision = 1;
};
// Somebody else whose code or pictures a page would load after consent.
struct VendorEntry {
  std::string_view name, purpose, policy, country, safeguard, text;
  std::string_view hosts;  // apart by spaces
  int revision = 1;
};
// The register as a whole; `the_register()` is ours, tests bring others.
struct Register {
  std::span<const CookieEntry> cookies;
  std::span<const StorageEntry> storage;
  std::span<const VendorEntry> vendors;
};
const Register& the_register();

// The right to set one cookie.
class Cookie {
 public:
  constexpr const CookieEntry& entry() const { return *entry_; }
  constexpr std::string_view name() const { return entry_->name; }

 private:
  friend struct cookie;  // cookies.gen.h
  constexpr explicit Cookie(const CookieEntry& entry) : entry_(&entry) {}
  const CookieEntry* entry_;
};

// Whether the entry allows this value: a token in base64url of 22 characters or more, one of the
// listed words, or answers ("Statistics.1.yes~Maps.2.no").
bool allows(const CookieEntry& entry, std::string_view value);

// The cookies of one response.
class SetCookies {
 public:
  // Lives as long as the register says. Throws std::logic_error for a value the entry does not
  // allow: our own mistake, never a visitor's.
  void set(const Cookie& cookie, std::string_view value);
  // Shorter than the register says, never longer.
  void set_for(const Cookie& cookie, std::string_view value, std::chrono::seconds lifetime);
  // Takes it out of the browser.
  void clear(const Cookie& cookie);

  // The values of the Set-Cookie lines.
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

// What the browser sent for a cookie of ours; empty when it sent none or something the entry does
// not allow.
std::string_view value_of(const Request& request, const Cookie& cookie);
// The names of all cookies the browser sent, ours or not, each once, at most 100.
std::vector<std::string_view> cookie_names(const Request& request);

}  // namespace http

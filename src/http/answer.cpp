#include "http/answer.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/text.h"

namespace http {
namespace {

using base::equals_ignoring_case;

void append_number(std::string& out, std::size_t number) {
  char digits[std::numeric_limits<std::size_t>::digits10 + 1];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  out.append(digits, end);
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

std::string_view find_header(const Response& response, std::string_view name) {
  for (const auto& [known, value] : response.headers)
    if (equals_ignoring_case(known, name)) return value;
  return {};
}

bool is_ours(std::string_view name) {
  static constexpr std::string_view kOurs[] = {"Content-Length", "Transfer-Encoding", "Connection",
                                               "Date",           "X-Request-Id",      "Set-Cookie"};
  return std::any_of(std::begin(kOurs), std::end(kOurs), [&](std::string_view ours) {
    return ours.size() == name.size() && equals_ignoring_case(ours, name);
  });
}

void append_safe_line(std::string& out, std::string_view name, std::string_view value) {
  const auto begin = out.size();
  out += name;
  out += ": ";
  out += value;
  for (auto i = begin; i < out.size(); ++i)
    if (static_cast<unsigned char>(out[i]) < 0x20 && out[i] != '\t') out[i] = ' ';
  out += "\r\n";
}

std::string_view status_line(int status) {
  switch (status) {  // the usual ones in one piece
    case 200:
      return "HTTP/1.1 200 OK\r\n";
    case 400:
      return "HTTP/1.1 400 Bad Request\r\n";
    case 401:
      return "HTTP/1.1 401 Unauthorized\r\n";
    case 404:
      return "HTTP/1.1 404 Not Found\r\n";
    default:
      return {};
  }
}

void append_status_line(std::string& out, int status) {
  if (const auto line = status_line(status); !line.empty()) {
    out += line;
    return;
  }
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(std::clamp(status, 100, 999)));
  out += ' ';
  out += reason(status);
  out += "\r\n";
}

// The next element of a comma-separated list, trimmed.
std::string_view take_element(std::string_view& list) {
  const auto end = std::min(list.find(','), list.size());
  const auto element = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  return base::trim(element);
}

// "q=0", "q=0.0", "q=0.000": not acceptable.
bool is_weight_zero(std::string_view parameters) {
  const auto q = base::trim(parameters);
  if (q.size() < 3 || base::to_lower(q[0]) != 'q' || q[1] != '=') return false;
  return q.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

std::string_view reason(int status) {
  static constexpr std::pair<int, std::string_view> kReasons[] = {
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {402, "Payment Required"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Payload Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {422, "Unprocessable Content"},
      {423, "Locked"},
      {425, "Too Early"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {451, "Unavailable For Legal Reasons"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {507, "Insufficient Storage"},
  };
  for (const auto& [known, words] : kReasons)
    if (known == status) return words;
  return "Unknown";
}

bool is_bodiless(int status) { return status < 200 || status == 204 || status == 304; }

bool wants_close(const Response& response) {
  return !response.headers.empty() &&
         equals_ignoring_case(find_header(response, "Connection"), "close");
}

void append_head(std::string& out, const Response& response, const HeadFacts& facts) {
  append_status_line(out, response.status);
  if (!is_bodiless(response.status)) {
    if (!response.content_type.empty()) append_line(out, "Content-Type", response.content_type);
    out += "Content-Length: ";
    append_number(out, facts.body_size);
    out += "\r\n";
  }
  out += facts.date_line;
  if (facts.is_tls_only) out += "Strict-Transport-Security: max-age=31536000\r\n";
  append_line(out, "X-Request-Id", facts.request_id);
  if (facts.is_gzipped) out += "Content-Encoding: gzip\r\n";
  if (facts.varies) out += "Vary: Accept-Encoding\r\n";
  if (!facts.allow.empty()) append_line(out, "Allow", facts.allow);
  if (facts.closes) {
    out += "Connection: close\r\n";
  } else if (facts.says_keep_alive) {
    out += "Connection: keep-alive\r\n";
  }
  for (const auto& [name, value] : response.headers)
    if (!is_ours(name)) append_safe_line(out, name, value);
  for (const auto& line : response.cookies.lines()) append_safe_line(out, "Set-Cookie", line);
  out += "\r\n";
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    const auto element = take_element(accept_encoding);
    const auto semicolon = std::min(element.find(';'), element.size());
    const auto coding = base::trim(element.substr(0, semicolon));
    const bool is_wanted = !is_weight_zero(element.substr(std::min(semicolon + 1, element.size())));
    if (equals_ignoring_case(coding, "gzip") || equals_ignoring_case(coding, "x-gzip"))
      return is_wanted;
    if (coding == "*") any = is_wanted;
  }
  return any;
}

bool is_compressible(const Response& response) {
  const auto type = response.content_type;
  const bool is_text = type.starts_with("text/") || type.starts_with("application/json") ||
                       type.find("javascript") != std::string_view::npos ||
                       type.find("xml") != std::string_view::npos ||
                       type.find("+json") != std::string_view::npos;
  return is_text && find_header(response, "Content-Encoding").empty() &&
         find_header(response, "Cache-Control").find("no-transform") == std::string_view::npos;
}

bool is_harmless_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return base::is_letter(c) || base::is_digit(c) || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace http

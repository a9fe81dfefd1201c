#include "http/message.h"

#include <algorithm>

#include "base/text.h"
#include "http/parts.h"

namespace http {
namespace {

constexpr std::size_t kMostPairs = 200;

// The path of an absolute target ("http://host/path", which RFC 9112 3.2.2 makes every server
// accept) begins after the authority.
std::size_t path_begin(std::string_view target) {
  if (target.empty() || target.front() == '/') return 0;
  const auto scheme = target.find("://");
  if (scheme == std::string_view::npos || target.find_first_of("/?") < scheme) return 0;
  return std::min(target.find_first_of("/?", scheme + 3), target.size());
}

std::string collapse(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (const char c : path)
    if (c != '/' || out.empty() || out.back() != '/') out += c;
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

bool is_canonical(std::string_view path) {
  if (path.empty()) return false;
  for (std::size_t i = 1; i < path.size(); ++i)
    if (path[i] == '/' && (path[i - 1] == '/' || i + 1 == path.size())) return false;
  return true;
}

// Takes what stands before the first mark, and the mark, off the front.
std::string_view take_until(std::string_view& text, char mark) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != mark) ++end;
  const std::string_view taken(text.data(), end);
  text.remove_prefix(end < text.size() ? end + 1 : end);
  return taken;
}

int hex_value(char c) {
  if (base::is_digit(c)) return c - '0';
  c = base::to_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

// ---- Parts

Request::Parts::Slice Request::Parts::append(std::string_view piece) {
  const Slice slice{static_cast<std::uint32_t>(text.size()),
                    static_cast<std::uint32_t>(piece.size())};
  text += piece;
  return slice;
}

void Request::Parts::add_field(std::string_view name, std::string_view value) {
  if (fields.empty()) fields.reserve(16);
  const Slice name_slice = append(name);
  fields.push_back({name_slice, append(value)});
}

void Request::Parts::split_target() {
  const auto whole = view(target);
  const auto begin = static_cast<std::uint32_t>(path_begin(whole));
  const auto mark = static_cast<std::uint32_t>(std::min(whole.find('?', begin), whole.size()));
  path = {target.at + begin, mark - begin};
  const std::uint32_t query_at = std::min(mark + 1, target.size);
  query = {target.at + query_at, target.size - query_at};
  if (is_canonical(view(path))) return;
  collapsed = collapse(view(path));
  if (collapsed.empty()) collapsed = "/";
}

void Request::Parts::set_id(std::string_view text_of_id) {
  id_size = std::min(text_of_id.size(), id.size());
  std::copy_n(text_of_id.begin(), id_size, id.begin());
}

// ---- Request

Request::Request(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Request::Request(Request&&) noexcept = default;
Request& Request::operator=(Request&&) noexcept = default;
Request::~Request() = default;

std::string_view Request::method() const { return parts_->view(parts_->method); }
std::string_view Request::target() const { return parts_->view(parts_->target); }
std::string_view Request::query() const { return parts_->view(parts_->query); }
std::string_view Request::body() const { return parts_->body; }
std::string_view Request::id() const { return {parts_->id.data(), parts_->id_size}; }
std::string_view Request::peer() const { return parts_->peer; }

std::string_view Request::path() const {
  return parts_->collapsed.empty() ? parts_->view(parts_->path) : parts_->collapsed;
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& field : parts_->fields)
    if (field.name.size == name.size() &&
        base::equals_ignoring_case(parts_->view(field.name), name))
      return parts_->view(field.value);
  return {};
}

std::string_view Request::parameter(std::string_view name) const {
  for (const auto& parameter : parts_->parameters)
    if (parameter.name == name)
      return parameter.decoded.empty() ? parameter.raw : parameter.decoded;
  return {};
}

Request make_request(std::string_view method, std::string_view target, std::string body,
                     std::vector<std::pair<std::string, std::string>> headers) {
  auto parts = std::make_unique<Request::Parts>();
  parts->method = parts->append(method);
  parts->target = parts->append(target);
  parts->split_target();
  for (const auto& [name, value] : headers) parts->add_field(name, value);
  parts->body = std::move(body);
  parts->peer = "127.0.0.1";
  parts->set_id("test");
  return Request(std::move(parts));
}

// ---- Response

Response json(int status, std::string body) {
  return {status, "application/json", std::move(body), {}};
}
Response text(int status, std::string body) {
  return {status, "text/plain; charset=utf-8", std::move(body), {}};
}
Response html(int status, std::string body) {
  return {status, "text/html; charset=utf-8", std::move(body), {}};
}

// ---- Queries and forms

std::string percent_decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::IsSpace) {
      out += ' ';
      continue;
    }
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query, Plus plus) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty() && pairs.size() < kMostPairs) {
    const auto pair = take_until(query, '&');
    if (pair.empty()) continue;
    auto value = pair;
    const auto name = take_until(value, '=');
    pairs.emplace_back(percent_decode(name, plus), percent_decode(value, plus));
  }
  return pairs;
}

}  // namespace http

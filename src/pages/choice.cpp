#include "pages/choice.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "http/cookies.gen.h"

namespace pages {
namespace {

void count(std::vector<Question>& all, std::string_view purpose, int revision) {
  const auto found =
      std::ranges::find_if(all, [&](const Question& q) { return q.purpose == purpose; });
  if (found == all.end()) {
    all.push_back({std::string(purpose), revision});
  } else {
    found->revision += revision;
  }
}

std::string_view take(std::string_view& text, char mark) {
  const auto end = std::min(text.find(mark), text.size());
  const auto taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

}  // namespace

std::vector<Question> questions(const http::Register& cookies) {
  std::vector<Question> all;
  for (const auto& one : cookies.cookies)
    if (!one.is_required) count(all, one.purpose, one.revision);
  for (const auto& one : cookies.storage)
    if (!one.is_required) count(all, one.purpose, one.revision);
  for (const auto& one : cookies.vendors) count(all, one.purpose, one.revision);
  return all;
}

Choice Choice::of(const http::Request& request, const http::Register& cookies) {
  return parse(http::value_of(request, http::cookie::kChoice), request.header("Sec-GPC") == "1",
               cookies);
}

Choice Choice::parse(std::string_view value, bool says_no, const http::Register& cookies) {
  Choice choice;
  choice.says_no_ = says_no;
  const auto asked = questions(cookies);
  while (!value.empty()) {
    auto one = take(value, '~');
    const auto purpose = take(one, '.');
    const auto revision = take(one, '.');
    for (const auto& question : asked) {
      if (question.purpose == purpose && std::to_string(question.revision) == revision)
        choice.answers_.push_back({question, one == "yes"});
    }
  }
  for (const auto& question : asked) {
    const bool is_answered = std::ranges::any_of(
        choice.answers_, [&](const Answer& a) { return a.question == question; });
    if (!is_answered && !says_no) choice.open_.push_back(question);
  }
  return choice;
}

bool Choice::allows(std::string_view purpose) const {
  return !says_no_ && std::ranges::any_of(answers_, [&](const Answer& a) {
    return a.is_yes && a.question.purpose == purpose;
  });
}

std::string encode(const std::vector<Answer>& answers) {
  std::string value;
  for (const auto& one : answers) {
    value += fmt::format("{}{}.{}.{}", value.empty() ? "" : "~", one.question.purpose,
                         one.question.revision, one.is_yes ? "yes" : "no");
  }
  return value;
}

std::string content_security_policy(const http::Register& cookies, const Choice& choice,
                                    Forms forms) {
  std::string hosts;
  for (const auto& vendor : cookies.vendors) {
    if (!choice.allows(vendor.purpose)) continue;
    for (auto rest = vendor.hosts; !rest.empty();)
      hosts += fmt::format(" https://{}", take(rest, ' '));
  }
  return fmt::format(
      "default-src 'none'; style-src 'self'; script-src 'self'{0}; connect-src 'self'{0}; img-src "
      "'self' "
      "data:{0}; manifest-src 'self'; base-uri 'none'; form-action {1}; frame-ancestors 'none'",
      hosts, forms == Forms::None ? "'none'" : "'self'");
}

bool is_own_path(std::string_view path) {
  if (path.empty() || path.size() > 1'000 || path.front() != '/') return false;
  if (path.size() > 1 && (path[1] == '/' || path[1] == '\\')) return false;
  return std::ranges::none_of(path, [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F ||
           c == '\\';
  });
}

bool is_from_own_site(const http::Request& request) {
  if (const auto site = request.header("Sec-Fetch-Site"); !site.empty())
    return site == "same-origin" || site == "none";
  const auto origin = request.header("Origin");
  if (origin.empty()) return true;
  const auto host = origin.find("://");
  return host != std::string_view::npos &&
         base::equals_ignoring_case(origin.substr(host + 3), request.header("Host"));
}

}  // namespace pages

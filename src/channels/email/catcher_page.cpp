#include "channels/email/catcher_page.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "channels/email/encoding.h"
#include "channels/email/reader.h"

namespace embedded {
std::string_view catcher_style();
}

namespace channels::email {
namespace {

using base::Task;
using http::Request;
using http::Response;

constexpr std::array<std::string_view, 4> kViews = {"html", "text", "source", "checks"};
constexpr std::array<std::string_view, 4> kViewNames = {"As it looks", "Text", "Source", "Checks"};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// Bytes of somebody else's as UTF-8, whatever they were.
std::string as_utf8(std::string text) {
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const auto size = base::utf8_sequence(rest);
    out += size == 0 ? "\xef\xbf\xbd" : rest.substr(0, size);
    rest.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

std::string shown_header(const ReadPart& message, std::string_view name) {
  return as_utf8(decode_words(message.header(name)));
}

// "Zoë <zoe@example.com>" -> "Zoë"; an address alone stays.
std::string shown_name(std::string mailbox) {
  const auto open = mailbox.find('<');
  if (open == std::string::npos || open == 0) return mailbox;
  std::string name(base::trim(std::string_view(mailbox).substr(0, open)));
  if (name.size() > 1 && name.starts_with('"') && name.ends_with('"'))
    name = name.substr(1, name.size() - 2);
  return name.empty() ? mailbox : name;
}

std::string shown_time(base::Instant at) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::minutes>(at - day));
  return fmt::format("{} {} {:02}:{:02}", static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1], time.hours().count(),
                     time.minutes().count());
}

std::string path_of(const Caught& caught) {
  return fmt::format("{}/{}", kCatcherPath, caught.number);
}

std::string row(const Caught& caught, bool is_open) {
  const auto message = read_message(caught.bytes);
  const auto language = message.header("content-language");
  auto subject = shown_header(message, "subject");
  if (subject.empty()) subject = "(no subject)";
  return fmt::format(
      "<li><a href=\"{}\"{}><span class=\"top\"><b>{}</b><time>{}</time></span>"
      "<span class=\"subject\" dir=\"auto\">{}</span><span class=\"to\">to {}{}</span></a></li>\n",
      path_of(caught), is_open ? " aria-current=\"true\"" : "",
      escaped(shown_name(shown_header(message, "from"))), shown_time(caught.at), escaped(subject),
      escaped(caught.to.empty() ? "nobody" : caught.to.front()),
      language.empty() ? "" : fmt::format(" <i>{}</i>", escaped(language)));
}

std::string list_of(const Catcher& catcher, std::uint64_t open) {
  std::string rows;
  for (const auto& caught : catcher.messages()) rows += row(*caught, caught->number == open);
  if (rows.empty())
    return "<p class=\"none\">Nothing yet. The first message appears when a parcel moves.</p>";
  return "<ul class=\"mails\">\n" + rows + "</ul>";
}

std::string page(std::string_view title, std::string_view kind, std::string_view head,
                 std::string_view inner) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex, nofollow\">\n{}<title>{}</title>\n"
      "<style>{}</style>\n</head>\n<body class=\"{}\">\n{}</body>\n</html>\n",
      head, escaped(title), embedded::catcher_style(), kind, inner);
}

std::string side(const Catcher& catcher, std::uint64_t open) {
  const auto count = catcher.messages().size();
  return fmt::format(
      "<nav class=\"side\" aria-label=\"Messages\">\n<header><h1><a href=\"{}\">Mail "
      "catcher</a></h1>"
      "<p>{} {}. Nothing leaves this machine.</p></header>\n{}\n</nav>\n",
      kCatcherPath, count, count == 1 ? "message" : "messages", list_of(catcher, open));
}

std::string tabs(const Caught& caught, View view) {
  std::string out = "<nav class=\"tabs\" aria-label=\"Views\">";
  for (std::size_t i = 0; i < kViews.size(); ++i) {
    const auto path =
        i == 0 ? path_of(caught) : path_of(caught) + "?view=" + std::string(kViews[i]);
    out += fmt::format("<a href=\"{}\"{}>{}</a>", path,
                       static_cast<std::size_t>(view) == i ? " aria-current=\"page\"" : "",
                       kViewNames[i]);
  }
  return out + "</nav>\n";
}

std::string checks(const Caught& caught) {
  std::string out = "<ul class=\"checks\">\n";
  for (const auto& check : checks_of(caught)) {
    const auto* word = check.verdict == Check::Verdict::Good  ? "good"
                       : check.verdict == Check::Verdict::Bad ? "bad"
                                                              : "plain";
    const auto* mark = check.verdict == Check::Verdict::Good  ? "\xe2\x9c\x93"
                       : check.verdict == Check::Verdict::Bad ? "\xe2\x9c\x95"
                                                              : "\xe2\x80\x93";
    out += fmt::format(
        "<li class=\"{}\"><span aria-hidden=\"true\">{}</span><div><b>{}</b><p>{}</p></div></li>\n",
        word, mark, escaped(check.name), escaped(check.says));
  }
  return out + "</ul>\n";
}

// The two widths are radio buttons and a style: no script.
std::string frame(const Caught& caught) {
  return fmt::format(
      "<div class=\"look\"><input type=\"radio\" name=\"w\" id=\"wide\" checked>"
      "<label for=\"wide\">Desktop</label><input type=\"radio\" name=\"w\" id=\"narrow\">"
      "<label for=\"narrow\">Phone</label>\n<iframe sandbox title=\"The message\" src=\"{}/html\">"
      "</iframe></div>\n",
      path_of(caught));
}

std::string view_of(const Caught& caught, View view) {
  switch (view) {
    case View::Html:
      return frame(caught);
    case View::Text:
      return "<pre dir=\"auto\" tabindex=\"0\">" + escaped(text_of(caught)) + "</pre>\n";
    case View::Source:
      return "<pre class=\"source\" tabindex=\"0\">" + escaped(as_utf8(caught.bytes)) + "</pre>\n";
    case View::Checks:
      return checks(caught);
  }
  return {};
}

std::string facts(const Caught& caught, const ReadPart& message) {
  std::string out = "<dl>";
  auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty())
      out += fmt::format("<div><dt>{}</dt><dd dir=\"auto\">{}</dd></div>", name, escaped(value));
  };
  add("From", shown_header(message, "from"));
  add("To", shown_header(message, "to"));
  add("Return path", caught.from.empty() ? "<>" : caught.from);
  add("Date", shown_header(message, "date"));
  return out + "</dl>\n";
}

Response guarded(std::string body, std::string policy) {
  auto response = http::html(200, std::move(body));
  response.headers.emplace_back("Content-Security-Policy", std::move(policy));
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Robots-Tag", "noindex, nofollow");
  return response;
}

Response shown(std::string body) {
  return guarded(std::move(body),
                 "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; img-src data:; "
                 "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
}

std::shared_ptr<const Caught> asked_for(const Catcher& catcher, const Request& request) {
  const auto text = request.parameter("number");
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return nullptr;
  return catcher.message(number);
}

Response gone() {
  auto response =
      shown(page("No such message", "list", "",
                 fmt::format("<main class=\"none\"><p>This message is not here any more. "
                             "<a href=\"{}\">All messages</a></p></main>",
                             kCatcherPath)));
  response.status = 404;
  return response;
}

View view_asked(const Request& request) {
  for (const auto& [name, value] : http::parse_query(request.query(), http::Plus::IsSpace)) {
    for (std::size_t i = 0; name == "view" && i < kViews.size(); ++i) {
      if (value == kViews[i]) return static_cast<View>(i);
    }
  }
  return View::Html;
}

// "cid:logo@shop" -> the picture itself.
void put_pictures_in(std::string& html, const ReadPart& part) {
  for (const auto& below : part.parts) put_pictures_in(html, below);
  auto id = std::string(part.header("content-id"));
  if (!id.starts_with('<') || !id.ends_with('>') || !part.type.starts_with("image/")) return;
  id = "cid:" + id.substr(1, id.size() - 2);
  const auto data = "data:" + part.type + ";base64," + base::to_base64(part.decoded());
  for (auto at = html.find(id); at != std::string::npos; at = html.find(id, at + data.size()))
    html.replace(at, id.size(), data);
}

Task<Response> list_asked(const Catcher& catcher) { co_return shown(list_page(catcher)); }

Task<Response> message_asked(const Catcher& catcher, Request request) {
  const auto caught = asked_for(catcher, request);
  co_return caught ? shown(message_page(catcher, *caught, view_asked(request))) : gone();
}

Task<Response> html_asked(const Catcher& catcher, Request request) {
  const auto caught = asked_for(catcher, request);
  if (!caught) co_return gone();
  co_return guarded(html_of(*caught),
                    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
                    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'");
}

}  // namespace

std::string text_of(const Caught& caught) {
  const auto message = read_message(caught.bytes);
  const auto* text = message.find("text/plain");
  return text == nullptr ? "(there is no text part)" : as_utf8(text->decoded());
}

std::string html_of(const Caught& caught) {
  const auto message = read_message(caught.bytes);
  const auto* part = message.find("text/html");
  if (part == nullptr)
    return "<!doctype html><meta charset=\"utf-8\"><pre style=\"white-space:pre-wrap;font:15px/1.5 "
           "system-ui,sans-serif;padding:1rem\">" +
           escaped(text_of(caught)) + "</pre>";
  auto html = as_utf8(part->decoded());
  put_pictures_in(html, message);
  return html;
}

std::string list_page(const Catcher& catcher) {
  return page(
      "Mail catcher", "list", "<meta http-equiv=\"refresh\" content=\"10\">\n",
      side(catcher, 0) +
          "<main class=\"empty\"><p>Choose a message: it is shown as its reader sees it, with "
          "nothing loaded from anywhere.</p></main>\n");
}

std::string message_page(const Catcher& catcher, const Caught& caught, View view) {
  const auto message = read_message(caught.bytes);
  const auto subject = shown_header(message, "subject");
  return page(subject, "open", "",
              side(catcher, caught.number) +
                  fmt::format("<main>\n<a class=\"back\" href=\"{}\">All messages</a>\n<article>\n"
                              "<h2 dir=\"auto\">{}</h2>\n",
                              kCatcherPath, escaped(subject.empty() ? "(no subject)" : subject)) +
                  facts(caught, message) + tabs(caught, view) + view_of(caught, view) +
                  "</article>\n</main>\n");
}

void add_catcher_routes(http::Router& router, const Catcher& catcher) {
  router.add("GET", "/demo/mail", [&catcher](Request) { return list_asked(catcher); });
  router.add("GET", "/demo/mail/{number}",
             [&catcher](Request r) { return message_asked(catcher, std::move(r)); });
  router.add("GET", "/demo/mail/{number}/html",
             [&catcher](Request r) { return html_asked(catcher, std::move(r)); });
}

}  // namespace channels::email

// What mailbox providers, and we, ask of a message; see catcher_page.h.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "channels/email/catcher_page.h"
#include "channels/email/encoding.h"
#include "channels/email/reader.h"

namespace channels::email {
namespace {

using Verdict = Check::Verdict;

// What makes a reader's machine ask another one, in HTML and in CSS.
bool loads_from_elsewhere(std::string_view html) {
  auto text = base::lower(html);
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  for (const std::string_view mark :
       {"src=\"http", "src='http", "src=http", "src=\"//", "src='//",
        "srcset=", "background=\"http", "url(http", "url(\"http", "url('http", "url(//", "@import",
        "<link", "<iframe", "<object", "<script", "poster="}) {
    if (text.find(mark) != std::string::npos) return true;
  }
  return false;
}

Check about_pictures(const ReadPart& message) {
  const auto* html = message.find("text/html");
  const bool loads = html != nullptr && loads_from_elsewhere(html->decoded());
  return {loads ? Verdict::Bad : Verdict::Good, "Loads nothing from elsewhere",
          loads ? "Opening it tells another machine that it was opened."
                : "Nobody learns when, where or whether it was opened."};
}

Check about_text(const ReadPart& message) {
  const bool has_text = message.find("text/plain") != nullptr;
  const bool has_html = message.find("text/html") != nullptr;
  return {has_text ? Verdict::Good : Verdict::Bad, "Text beside the HTML",
          !has_text  ? "There is no text part: screen readers, watches and filters miss it."
          : has_html ? "Readers without HTML get the same message."
                     : "It is text alone."};
}

Check about_unsubscribing(const ReadPart& message) {
  const auto ways = message.header("list-unsubscribe");
  if (ways.empty())
    return {Verdict::Plain, "Unsubscribing",
            "It offers none: right for a letter that somebody asked for, wrong for a notice."};
  const auto link = ways.find("<http");
  const bool is_one =
      link != std::string_view::npos && ways.find("<http", link + 1) == std::string_view::npos;
  const bool is_one_click = message.header("list-unsubscribe-post") == "List-Unsubscribe=One-Click";
  return {is_one && is_one_click ? Verdict::Good : Verdict::Bad, "Unsubscribes with one click",
          is_one && is_one_click ? "Mailboxes show their own button for it (RFC 8058)."
                                 : "It needs one https link and List-Unsubscribe-Post."};
}

Check about_signature(const ReadPart& message) {
  const auto signature = message.header("dkim-signature");
  if (signature.empty())
    return {Verdict::Plain, "Not signed",
            "A relay may sign it; or give Milepost a key: [mail] dkim_key."};
  const auto from = message.header("from");
  const auto at = from.rfind('@');
  auto domain = at == std::string_view::npos ? "" : base::lower(from.substr(at + 1));
  if (domain.ends_with('>')) domain.pop_back();
  const auto d = signature.find("d=" + domain + ";");
  const bool is_cut = signature.find("; l=") != std::string_view::npos;
  const bool is_aligned = !domain.empty() && d != std::string_view::npos;
  return {is_aligned && !is_cut ? Verdict::Good : Verdict::Bad, "Signed by its sender's domain",
          is_cut ? "The signature leaves the end of the body open (l=)."
          : is_aligned
              ? "DKIM for " + domain + ", over the whole message."
              : "The signature is another domain's than the sender's: DMARC will not count it."};
}

Check about_automatic(const ReadPart& message) {
  const bool is_said = message.header("auto-submitted") == "auto-generated";
  return {is_said ? Verdict::Good : Verdict::Bad, "Says that a machine wrote it",
          is_said ? "Absence notices stay away (RFC 3834)." : "Auto-Submitted is missing."};
}

Check about_thread(const ReadPart& message) {
  const bool has = !message.header("references").empty();
  return {has ? Verdict::Good : Verdict::Plain, "Keeps with its parcel",
          has ? "Messages about the same parcel stand together in the mailbox."
              : "It stands by itself."};
}

Check about_language(const ReadPart& message) {
  const auto language = message.header("content-language");
  return {language.empty() ? Verdict::Plain : Verdict::Good, "Names its language",
          language.empty() ? "Content-Language is missing." : std::string(language)};
}

Check about_bounces(const Caught& caught) {
  const bool is_verp =
      caught.from.starts_with("b+") && caught.from.find('.') < caught.from.find('@');
  return {is_verp ? Verdict::Good : Verdict::Plain, "A bounce will tell whom it is about",
          is_verp               ? "The return path is this message's own."
          : caught.from.empty() ? "The return path is empty: no bounce will come."
                                : "The return path is the same for all: [mail] bounce_domain."};
}

Check about_lines(const Caught& caught) {
  std::size_t longest = 0;
  std::string_view bytes = caught.bytes;
  while (!bytes.empty()) {
    const auto end = std::min(bytes.find("\r\n"), bytes.size());
    longest = std::max(longest, end);
    bytes.remove_prefix(std::min(end + 2, bytes.size()));
  }
  return {longest <= 998 ? Verdict::Good : Verdict::Bad, "Lines that every server takes",
          "The longest has " + std::to_string(longest) + " characters of the 998 allowed."};
}

}  // namespace

std::vector<Check> checks_of(const Caught& caught) {
  const auto message = read_message(caught.bytes);
  return {about_pictures(message),  about_text(message),      about_unsubscribing(message),
          about_signature(message), about_automatic(message), about_thread(message),
          about_language(message),  about_bounces(caught),    about_lines(caught)};
}

}  // namespace channels::email

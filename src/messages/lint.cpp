// The linter of a shop's blocks: what may never go out is an error, what is unwise a warning.
#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "messages/brand.h"
#include "messages/markup.h"
#include "messages/segments.h"
#include "messages/template.h"

namespace messages {
namespace {

using Severity = Finding::Severity;

constexpr std::size_t kLongSubject = 78, kLongestSubject = 150;
constexpr std::size_t kLargest = 60 * 1024;
constexpr int kLongSms = 2, kLongestSms = 4;

constexpr std::string_view kElements[] = {"p",  "br", "b",  "strong", "i",  "em",   "a",
                                          "ul", "ol", "li", "h2",     "h3", "span", "img"};
constexpr std::string_view kActive[] = {"script", "style", "iframe", "object", "embed", "form",
                                        "input",  "link",  "meta",   "base",   "svg",   "video"};
constexpr std::pair<std::string_view, std::string_view> kAttributes[] = {
    {"a", "href"},     {"a", "title"},  {"img", "src"},   {"img", "alt"}, {"img", "width"},
    {"img", "height"}, {"span", "dir"}, {"span", "lang"}, {"p", "dir"},   {"p", "lang"}};
constexpr std::string_view kLinks[] = {"tracking_link", "preferences_link", "unsubscribe_link",
                                       "privacy_link"};
// A section with such a name is a declared advertisement.
constexpr std::string_view kPromotions[] = {"promotion", "promo", "offer", "campaign", "coupon"};
// Words that sell, in the languages that are written here; each stands for its inflections. A
// message that the law lets us send without consent must not carry them (ePrivacy Directive, Art.
// 13; clause 56).
constexpr std::string_view kSelling[] = {"% off",         "discount",    "coupon",
                                         "voucher",       "promo code",  "special offer",
                                         "buy now",       "shop now",    "korting",
                                         "aanbieding",    "rabatt",      "gutschein",
                                         "sonderangebot", "code promo",  "% de réduction",
                                         "soldes",        "descuento",   "cupón",
                                         "rebajas",       "sconto",      "offerta speciale",
                                         "desconto",      "cupom",       "rabat",
                                         "zniżk",         "promocj",     "erbjudande",
                                         "tilbud",        "alennuskood", "tarjous",
                                         "sleva",         "slevov",      "indirim",
                                         "kupon",         "скидк",       "промокод",
                                         "знижк",         "έκπτωση",     "κουπόνι",
                                         "reducere",      "kedvezmény",  "优惠",
                                         "折扣",          "優惠",        "割引",
                                         "クーポン",      "할인",        "쿠폰",
                                         "خصم",           "כוپון",       "קופון",
                                         "הנחה"};

template <class Range>
bool is_among(std::string_view name, const Range& range) {
  return std::ranges::find(range, name) != std::end(range);
}

std::string quoted(std::string_view text) { return "“" + std::string(text.substr(0, 60)) + "”"; }

// What stands between {{ and }}.
struct Mark {
  char sigil = 0;  // '#', '^', '/', '{', '&', '>', '=', '!', or 0
  std::string name;
  std::size_t offset = 0;
  bool is_closed = true;
};

std::vector<Mark> marks_of(std::string_view block) {
  std::vector<Mark> out;
  for (std::size_t at = 0; (at = block.find("{{", at)) != std::string_view::npos;) {
    Mark mark;
    mark.offset = at;
    const bool is_triple = block.substr(at, 3) == "{{{";
    const auto end = block.find(is_triple ? "}}}" : "}}", at);
    mark.is_closed = end != std::string_view::npos;
    auto inside = base::trim(block.substr(at + 2, std::min(end, block.size()) - at - 2));
    if (!inside.empty() &&
        std::string_view("#^/{&>=!").find(inside.front()) != std::string_view::npos) {
      mark.sigil = inside.front();
      inside = base::trim(inside.substr(1));
    }
    mark.name = std::string(inside);
    out.push_back(std::move(mark));
    if (!out.back().is_closed) break;
    at = end + (is_triple ? 3 : 2);
  }
  return out;
}

class Linter {
 public:
  Linter(std::string_view name, std::string_view text) : name_(name), text_(text) {}

  void add(Severity severity, std::size_t offset, std::string_view rule, std::string message) {
    const auto before = text_.substr(0, std::min(offset, text_.size()));
    const int line = 1 + static_cast<int>(std::ranges::count(before, '\n'));
    findings.push_back({severity, name_, line, rule, std::move(message)});
  }
  void error(std::size_t offset, std::string_view rule, std::string message) {
    add(Severity::Error, offset, rule, std::move(message));
  }

  void check_marks();
  void check_elements();
  void check_selling();
  void check_mandatory();
  void check_plain_line();

  std::vector<Finding> findings;

 private:
  void check_variable(const Mark& mark);
  void check_element(const Piece& piece);
  void check_attribute(const Piece& piece, const std::string& name, const std::string& value);
  void check_address(const Piece& piece, std::string_view address);
  void check_image(const Piece& piece);

  std::string_view name_, text_;
};

void Linter::check_variable(const Mark& mark) {
  if (is_among(mark.name, kPromotions) || mark.name.starts_with("promo")) {
    error(mark.offset, "promotional-block",
          "{{" + mark.name +
              "}} advertises; a message about a parcel may not, because its reader "
              "never agreed to advertisements");
    return;
  }
  const auto& all = variables();
  if (std::ranges::find(all, mark.name, &Variable::name) != all.end()) return;
  error(mark.offset, "unknown-variable",
        "there is no variable " + quoted(mark.name) + "; docs/messages.md lists those there are");
}

void Linter::check_marks() {
  std::vector<Mark> open;
  for (const auto& mark : marks_of(text_)) {
    if (!mark.is_closed) {
      error(mark.offset, "broken-variable", "“{{” without “}}” behind it");
      break;
    }
    if (mark.sigil == '!') continue;
    if (mark.sigil == '{' || mark.sigil == '&') {
      error(mark.offset, "raw-variable",
            "{{{" + mark.name + "}}} would be put in without being made safe; write {{" +
                mark.name + "}}");
    } else if (mark.sigil == '>' || mark.sigil == '=') {
      error(mark.offset, "broken-variable",
            "partials and other delimiters are not available in a block");
    } else if (mark.sigil == '/') {
      if (open.empty() || open.back().name != mark.name) {
        error(mark.offset, "unclosed-section",
              "{{/" + mark.name + "}} closes nothing that is open here");
      } else {
        open.pop_back();
      }
    } else {
      check_variable(mark);
      if (mark.sigil != 0) open.push_back(mark);
    }
  }
  for (const auto& mark : open)
    error(mark.offset, "unclosed-section",
          "{{#" + mark.name + "}} is never closed; write {{/" + mark.name + "}} where it ends");
}

void Linter::check_address(const Piece& piece, std::string_view address) {
  const auto plain = base::lower(base::trim(without_entities(address)));
  const auto marks = marks_of(address);
  const bool is_own = marks.size() == 1 && is_among(marks.front().name, kLinks) &&
                      plain.starts_with("{{") && plain.ends_with("}}");
  if (is_own) return;
  if (!plain.starts_with("https://") && !plain.starts_with("mailto:") &&
      !plain.starts_with("tel:")) {
    error(piece.offset, plain.starts_with("javascript") ? "script" : "bad-link",
          "a link must begin with https://, mailto: or tel:, or be a link variable such as "
          "{{tracking_link}}; this one is " +
              quoted(address));
  } else if (!marks.empty()) {
    error(piece.offset, "personal-link",
          "a link must not carry what is known about the reader or the parcel: take " +
              quoted("{{" + marks.front().name + "}}") + " out of it");
  } else if (plain.find("utm_") != std::string::npos) {
    add(Severity::Warning, piece.offset, "tracking-parameter",
        "utm_ parameters tell the linked page which message was clicked; a delivery message needs "
        "none");
  }
}

void Linter::check_image(const Piece& piece) {
  const auto* source = piece.attribute("src");
  if (source == nullptr || !is_inline_image(*source)) {
    error(piece.offset, "remote-image",
          "a picture must come with the message (data: of at most 30 KB, or cid:): one that is "
          "fetched tells its server who reads, and when");
  }
  if (piece.attribute("alt") == nullptr)
    error(piece.offset, "missing-alt",
          "a picture needs alt=\"what it shows\" (alt=\"\" for decoration), for readers who do not "
          "see it");
}

void Linter::check_attribute(const Piece& piece, const std::string& name,
                             const std::string& value) {
  if (name.starts_with("on")) {
    error(piece.offset, "event-handler", "the attribute " + quoted(name) + " runs a script");
  } else if (std::ranges::find(kAttributes,
                               std::pair(std::string_view(piece.name), std::string_view(name))) ==
             std::end(kAttributes)) {
    error(piece.offset, "forbidden-attribute",
          "<" + piece.name + "> may not have " + quoted(name) +
              "; its looks come from the message's own sheet");
  } else if (name == "href") {
    check_address(piece, value);
  } else if (value.find("{{") != std::string::npos) {
    error(piece.offset, "variable-in-attribute",
          "variables may stand in text and as a whole link, not in " + quoted(name));
  }
}

void Linter::check_element(const Piece& piece) {
  if (is_among(piece.name, kActive)) {
    error(piece.offset, piece.name == "script" ? "script" : "forbidden-element",
          "<" + piece.name +
              "> never goes into a message: mail programs remove it or distrust all "
              "of it");
    return;
  }
  if (!is_among(piece.name, kElements)) {
    error(piece.offset, "forbidden-element",
          "<" + piece.name +
              "> is not available; there are p, br, b, strong, i, em, a, ul, ol, li, "
              "h2, h3, span and img");
    return;
  }
  for (const auto& [name, value] : piece.attributes) check_attribute(piece, name, value);
  if (piece.name == "img") check_image(piece);
}

void Linter::check_elements() {
  std::vector<const Piece*> open;
  const auto pieces = read_markup(text_);
  for (const auto& piece : pieces) {
    const bool is_void = piece.name == "br" || piece.name == "img";
    if (piece.kind == Piece::Kind::Broken) {
      error(piece.offset, "unclosed-element",
            "“<” without “>” behind it; a mere “<” is written &lt;");
    } else if (piece.kind == Piece::Kind::Comment) {
      error(piece.offset, "forbidden-element", "comments would be sent; write {{! ... }} instead");
    } else if (piece.kind == Piece::Kind::Open) {
      check_element(piece);
      if (!is_void) open.push_back(&piece);
    } else if (piece.kind == Piece::Kind::Close && !is_void) {
      if (open.empty() || open.back()->name != piece.name) {
        error(piece.offset, "unclosed-element",
              "</" + piece.name + "> closes nothing that is open here");
      } else {
        open.pop_back();
      }
    }
  }
  for (const auto* piece : open)
    error(piece->offset, "unclosed-element", "<" + piece->name + "> is never closed");
}

void Linter::check_selling() {
  const auto lower = base::lower(text_);
  for (const auto word : kSelling) {
    const auto at = lower.find(word);
    if (at == std::string::npos) continue;
    error(at, "promotional-block",
          quoted(word) +
              " advertises; a message about a parcel may not, because its reader never "
              "agreed to advertisements");
    return;
  }
}

void Linter::check_mandatory() {
  struct Needed {
    std::string_view name, rule, why;
    Severity severity;
  };
  constexpr Needed kNeeded[] = {
      {"unsubscribe_link", "missing-unsubscribe", "every message must let its reader stop it",
       Severity::Error},
      {"controller", "missing-controller",
       "the reader must be told who writes (GDPR Art. 13 and 14)", Severity::Error},
      {"notice", "missing-notice",
       "a first message must say who gave the address and how to object (GDPR Art. 14)",
       Severity::Error},
      {"preferences_link", "missing-preferences", "readers like to choose rather than to stop",
       Severity::Warning}};
  for (const auto& needed : kNeeded) {
    int hidden = 0;  // depth of sections that may not be shown
    bool is_there = false;
    for (const auto& mark : marks_of(text_)) {
      const bool is_its_own = mark.sigil != '^' && mark.name == needed.name;
      if (mark.sigil == 0 && is_its_own && hidden == 0) is_there = true;
      if ((mark.sigil == '#' || mark.sigil == '^') && !is_its_own) ++hidden;
      if (mark.sigil == '/' && !is_its_own) --hidden;
    }
    if (is_there) continue;
    add(needed.severity, text_.size(), needed.rule,
        "{{" + std::string(needed.name) +
            "}} is missing, or stands where it is not always shown: " + std::string(needed.why));
  }
}

void Linter::check_plain_line() {
  for (const auto& piece : read_markup(text_)) {
    if (piece.kind == Piece::Kind::Text) continue;
    error(piece.offset, "forbidden-element",
          "this is a line of text: HTML would be shown as it stands");
    break;
  }
  if (const auto at = base::trim(text_).find('\n'); at != std::string_view::npos)
    error(at + 1, "line-break", "this must be one line");
}

void check_subject(Linter& linter, const Message& sample) {
  const auto length = base::utf8_length(sample.subject);
  if (length <= kLongSubject) return;
  linter.add(length > kLongestSubject ? Severity::Error : Severity::Warning, 0, "long-subject",
             "with the sample's values the subject has " + std::to_string(length) +
                 " characters; inboxes show about " + std::to_string(kLongSubject) +
                 (length > kLongestSubject
                      ? ", and more than " + std::to_string(kLongestSubject) + " are refused"
                      : std::string()));
}

void check_sms(Linter& linter, const Message& sample) {
  const auto segments = segments_of(sample.sms);
  if (segments.count <= kLongSms) return;
  linter.add(segments.count > kLongestSms ? Severity::Error : Severity::Warning, 0, "long-sms",
             "with the sample's values the text message is sent and paid as " +
                 std::to_string(segments.count) + " parts" +
                 (segments.is_gsm ? "" : " (letters outside the GSM alphabet leave 70 to a part)"));
}

}  // namespace

std::string describe(const Finding& finding) {
  return std::string(finding.block) + ", line " + std::to_string(finding.line) + ": " +
         finding.message + " (" + std::string(finding.rule) + ")";
}

std::vector<Finding> lint(const Blocks& blocks, journey::Trigger trigger,
                          std::string_view language) {
  Linter subject("subject", blocks.subject), intro("intro", blocks.intro),
      extra("extra", blocks.extra), footer("footer", blocks.footer), sms("sms", blocks.sms);
  const std::array<std::pair<Linter*, const std::string*>, 5> all = {{{&subject, &blocks.subject},
                                                                      {&intro, &blocks.intro},
                                                                      {&extra, &blocks.extra},
                                                                      {&footer, &blocks.footer},
                                                                      {&sms, &blocks.sms}}};
  bool is_sound = true;
  for (const auto& [linter, text] : all) {
    if (base::trim(*text).empty()) continue;
    linter->check_marks();
    const bool is_line = linter == &subject || linter == &sms;
    is_line ? linter->check_plain_line() : linter->check_elements();
    linter->check_selling();
    if (linter == &footer) linter->check_mandatory();
    is_sound = is_sound && linter->findings.empty();
  }
  if (is_sound) {  // a sample of what is broken would not be one
    const auto edited = Template::unchecked(blocks, trigger, language);
    const auto sample = write(trigger, sample_facts(trigger, language), language, &edited);
    if (!blocks.subject.empty()) check_subject(subject, sample);
    if (!blocks.sms.empty()) check_sms(sms, sample);
    if (sample.html.size() > kLargest)
      extra.error(0, "too-large",
                  "with the sample's values the message has " +
                      std::to_string(sample.html.size() / 1024) +
                      " KB; mail programs cut long ones, 60 KB are allowed");
  }
  std::vector<Finding> out;
  for (const auto& [linter, text] : all) {
    std::ranges::stable_sort(linter->findings, {}, &Finding::line);
    std::ranges::move(linter->findings, std::back_inserter(out));
  }
  return out;
}

}  // namespace messages

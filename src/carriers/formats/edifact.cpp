#include "carriers/formats/edifact.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "carriers/formats/edi_tree.h"
#include "carriers/formats/segments.h"

namespace carriers::formats {
namespace {

using Refusal = base::Failure<ParseError>;

bool is_one_of(std::string_view tag, std::initializer_list<std::string_view> tags) {
  return std::ranges::find(tags, tag) != tags.end();
}

// UNA and six characters; without it the standard's own. False when they cannot be told apart.
bool read_separators(std::string_view text, std::size_t& from, Separators& by) {
  by = Separators{
      .element = '+', .component = ':', .repetition = 0, .release = '?', .segment = '\''};
  if (text.substr(from, 3) != "UNA") return true;
  if (from + 9 > text.size()) return false;
  const auto said = text.substr(from + 3, 6);
  from += 9;
  by.component = said[0];
  by.element = said[1];
  by.release = said[3] == ' ' ? '\0' : said[3];
  by.repetition = said[4] == ' ' ? '\0' : said[4];
  by.segment = said[5];
  return by.component != by.element && by.element != by.segment && by.component != by.segment &&
         by.release != by.element && by.release != by.component && by.release != by.segment &&
         std::ranges::none_of(said, [](char c) { return base::is_letter(c) || base::is_digit(c); });
}

class Reader {
 public:
  Reader(std::string_view text, Document& into) : text_(text), into_(into) {}

  base::Outcome<ParseError> read() {
    std::size_t from = skip_space(text_, 0);
    const auto start = text_.substr(from, 3);
    if (start != "UNA" && start != "UNB")
      return Refusal{{"an EDIFACT interchange begins with UNA or UNB", from}};
    if (!read_separators(text_, from, by_)) return Refusal{{"UNA does not name six signs", from}};
    Segment segment;
    while (next_segment(text_, by_, from, segment)) {
      last_ = segment;
      if (const char* wrong = take(segment)) return Refusal{{wrong, segment.offset}};
      if (into_.size() >= DocumentLimits::kNodes)
        return Refusal{{"too many segments", segment.offset}};
      if (segment.tag != "UNZ") continue;
      from = skip_space(text_, from);
      if (!read_separators(text_, from, by_)) return Refusal{{"UNA does not name six signs", from}};
    }
    if (unb_ != kNoNode) {
      return Refusal{{unh_ != kNoNode ? "the message breaks off: UNT is missing"
                                      : "the message breaks off: UNZ is missing",
                      last_.offset}};
    }
    if (!last_.is_terminated) add_remark(into_, "the last segment is not terminated");
    return base::kDone;
  }

 private:
  const char* take(const Segment& segment) {
    const auto tag = segment.tag;
    if (tag.size() != 3 || !std::ranges::all_of(tag, base::is_upper))
      return "that is not a segment";
    if (tag == "UNB") {
      if (unb_ != kNoNode) return "UNB inside an interchange";
      // From syntax version 4 on, elements may repeat, by an asterisk unless UNA says else.
      const auto syntax = element(segment, by_, 1);
      if (by_.repetition == 0 && syntax.size() > 5 && syntax[5] == '4' && by_.element != '*')
        by_.repetition = '*';
      unb_ = add_segment(into_, kRoot, segment, by_);
      return nullptr;
    }
    if (unb_ == kNoNode) return "a segment outside of an interchange";
    if (tag == "UNG") {
      if (ung_ != kNoNode || unh_ != kNoNode) return "UNG inside a group";
      ung_ = add_segment(into_, unb_, segment, by_);
      return nullptr;
    }
    if (tag == "UNH") {
      if (unh_ != kNoNode) return "UNH inside a message";
      unh_ = add_segment(into_, ung_ != kNoNode ? ung_ : unb_, segment, by_);
      consignment_ = status_ = detail_ = place_ = party_ = contact_ = kNoNode;
      return nullptr;
    }
    if (tag == "UNT") return close(unh_, segment, "UNT without UNH");
    if (tag == "UNE")
      return unh_ != kNoNode ? "UNE before UNT" : close(ung_, segment, "UNE without UNG");
    if (tag == "UNZ") {
      if (unh_ != kNoNode) return "UNZ before UNT";
      return ung_ != kNoNode ? "UNZ before UNE" : close(unb_, segment, "");
    }
    if (unh_ == kNoNode) return "a segment outside of a message";
    place(segment);
    return nullptr;
  }

  const char* close(NodeId& group, const Segment& segment, const char* otherwise) {
    if (group == kNoNode) return otherwise;
    const auto trailer = add_segment(into_, group, segment, by_);
    if (trailer != kNoNode) check(group, trailer, segment.tag);
    group = kNoNode;
    return nullptr;
  }

  void check(NodeId group, NodeId trailer, std::string_view tag) {
    const bool is_message = tag == "UNT";
    const auto messages = children_of(into_, group, "UNH");
    const auto groups = children_of(into_, group, "UNG");
    const auto counted = is_message ? segments_in(into_, group) : groups > 0 ? groups : messages;
    const auto said = element_of(into_, trailer, "1");
    if (count_of(said) != counted) {
      add_remark(into_, fmt::format("{} says {} {}, there are {}", tag,
                                    said.empty() ? "no number of" : said,
                                    is_message   ? "segments"
                                    : groups > 0 ? "groups"
                                                 : "messages",
                                    counted));
    }
    const auto mine = element_of(into_, group, is_message ? "1" : "5");
    if (base::trim(mine) != base::trim(element_of(into_, trailer, "2")))
      add_remark(into_,
                 fmt::format("{} repeats another reference than {}", tag, into_[group].name));
  }

  // The groups of IFTSTA: what a segment opens, and what closes it.
  void place(const Segment& segment) {
    const auto tag = segment.tag;
    if (tag == "CNI") {
      status_ = detail_ = place_ = party_ = kNoNode;
      consignment_ = add_segment(into_, unh_, segment, by_);
    } else if (tag == "STS") {
      detail_ = place_ = party_ = kNoNode;
      status_ = add_segment(into_, consignment_ != kNoNode ? consignment_ : unh_, segment, by_);
    } else if (status_ != kNoNode && is_one_of(tag, {"TDT", "EQD", "GID", "CPI"})) {
      place_ = party_ = kNoNode;
      detail_ = add_segment(into_, status_, segment, by_);
    } else if (tag == "NAD") {
      contact_ = place_ = kNoNode;
      party_ = add_segment(into_, container(), segment, by_);
    } else if (party_ != kNoNode && tag == "CTA") {
      contact_ = add_segment(into_, party_, segment, by_);
    } else if (party_ != kNoNode && tag == "COM") {
      add_segment(into_, contact_ != kNoNode ? contact_ : party_, segment, by_);
    } else if (detail_ != kNoNode && tag == "LOC") {
      place_ = add_segment(into_, detail_, segment, by_);
    } else if (tag == "DTM") {
      add_time(place_ != kNoNode ? place_ : container(), segment);
    } else {
      party_ = place_ = kNoNode;
      add_segment(into_, container(), segment, by_);
    }
  }
  NodeId container() const {
    if (detail_ != kNoNode) return detail_;
    if (status_ != kNoNode) return status_;
    return consignment_ != kNoNode ? consignment_ : unh_;
  }
  void add_time(NodeId parent, const Segment& segment) {
    const auto node = add_segment(into_, parent, segment, by_);
    if (node == kNoNode) return;
    auto iso = edifact_time(element_of(into_, node, "1", "2"), element_of(into_, node, "1", "3"));
    if (!iso.empty()) into_.add(node, "iso", into_.keep(iso), Node::Kind::Text);
  }

  std::string_view text_;
  Document& into_;
  Separators by_;
  Segment last_;
  NodeId unb_ = kNoNode, ung_ = kNoNode, unh_ = kNoNode;
  NodeId consignment_ = kNoNode, status_ = kNoNode, detail_ = kNoNode, place_ = kNoNode;
  NodeId party_ = kNoNode, contact_ = kNoNode;
};

// ---- The answer

struct Acknowledgement {
  const Document& document;
  std::string out;
  long segments = 0;

  void segment(const std::string& text) {
    out += text;
    out += "'\n";
    ++segments;
  }
  // As written between two signs of ours: what would be read as one is released.
  static std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c == '+' || c == ':' || c == '\'' || c == '?') out += '?';
      out += c;
    }
    return out;
  }
  std::string of(NodeId node, std::string_view number, std::string_view component) const {
    return escaped(element_of(document, node, number, component));
  }
  std::string party(NodeId unb, std::string_view number) const {
    const auto qualifier = of(unb, number, "2");
    return of(unb, number, "1") + (qualifier.empty() ? "" : ":" + qualifier);
  }

  // 7: taken; 4: refused, because it is no status message (12: invalid value) or its trailer does
  // not fit (28: references differ, 29: count differs). What is only miscounted was taken all the
  // same, and is told.
  void message(NodeId unh) {
    const auto type = of(unh, "2", "1");
    const auto trailer = child_of(document, unh, "UNT");
    std::string error;
    if (type != "IFTSTA") {
      error = "+4+12";
    } else if (element_of(document, unh, "1") != element_of(document, trailer, "2")) {
      error = "+7+28";
    } else if (count_of(element_of(document, trailer, "1")) != segments_in(document, unh)) {
      error = "+7+29";
    } else {
      error = "+7";
    }
    segment(fmt::format("UCM+{}+{}:{}:{}:{}{}", of(unh, "1", "1"), type, of(unh, "2", "2"),
                        of(unh, "2", "3"), of(unh, "2", "4"), error));
  }
  void messages(NodeId group) {
    for (auto id = document[group].first_child; id != kNoNode; id = document[id].next) {
      if (document[id].name == "UNH") message(id);
      if (document[id].name == "UNG") messages(id);
    }
  }
};

// An acknowledgement is never acknowledged: two programs would never stop.
bool is_contrl(const Document& document, NodeId unb) {
  const auto unh = child_of(document, unb, "UNH");
  return unh != kNoNode && element_of(document, unh, "2", "1") == "CONTRL";
}

}  // namespace

base::Outcome<ParseError> read_edifact(std::string_view bytes, Document& into) {
  const auto text = into.keep(as_utf8(bytes));
  return Reader(text, into).read();
}

std::string acknowledge_edifact(const Document& document, base::Instant now, long reference) {
  Acknowledgement answer{document, {}};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  for (auto unb = document[kRoot].first_child; unb != kNoNode; unb = document[unb].next) {
    if (document[unb].name != "UNB" || is_contrl(document, unb)) continue;
    const auto sender = answer.party(unb, "2"), recipient = answer.party(unb, "3");
    answer.segment(fmt::format("UNB+{}:{}+{}+{}+{:%y%m%d:%H%M}+{}", answer.of(unb, "1", "1"),
                               answer.of(unb, "1", "2"), recipient, sender, seconds, reference));
    answer.segments = 0;
    answer.segment("UNH+1+CONTRL:D:3:UN");
    answer.segment(fmt::format("UCI+{}+{}+{}+7", answer.of(unb, "5", "1"), sender, recipient));
    answer.messages(unb);
    answer.segment(fmt::format("UNT+{}+1", answer.segments + 1));
    answer.segment(fmt::format("UNZ+1+{}", reference));
    ++reference;
  }
  return std::move(answer.out);
}

}  // namespace carriers::formats

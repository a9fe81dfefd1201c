#include "carriers/formats/x12.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "carriers/formats/edi_tree.h"
#include "carriers/formats/segments.h"

namespace carriers::formats {
namespace {

using Refusal = base::Failure<ParseError>;

// ISA has sixteen elements of fixed width, so that its separators stand at bytes 4, 105 and 106.
// Senders that do not pad the elements are read too: what counts is the sixteenth separator.
bool read_separators(std::string_view text, std::size_t at, Separators& by) {
  constexpr int kElements = 16;
  constexpr std::size_t kLongestIsa = 256;
  if (at + 4 >= text.size()) return false;
  by = Separators{.element = text[at + 3]};
  std::size_t end = at + 3;
  std::string_view repetition;
  for (int i = 1; i < kElements; ++i) {
    const auto next = text.find(by.element, end + 1);
    if (next == std::string_view::npos || next - at > kLongestIsa) return false;
    if (i == 11) repetition = text.substr(end + 1, next - end - 1);
    end = next;
  }
  if (end + 2 >= text.size()) return false;
  by.component = text[end + 1];
  by.segment = text[end + 2];
  // ISA11 is a repetition separator from version 00402 on; before, the letter U.
  const auto letter = base::trim(repetition);
  if (letter.size() == 1 && !base::is_letter(letter[0]) && !base::is_digit(letter[0]))
    by.repetition = letter[0];
  const auto is_plain = [](char c) { return base::is_letter(c) || base::is_digit(c) || c == ' '; };
  return !is_plain(by.element) && !is_plain(by.component) && !is_plain(by.segment) &&
         by.element != by.segment && by.component != by.segment && by.component != by.element;
}

class Reader {
 public:
  Reader(std::string_view text, Document& into) : text_(text), into_(into) {}

  base::Outcome<ParseError> read() {
    std::size_t from = skip_space(text_, 0);
    if (text_.substr(from, 3) != "ISA")
      return Refusal{{"an X12 interchange begins with ISA", from}};
    if (!read_separators(text_, from, by_))
      return Refusal{{"ISA does not have its sixteen elements", from}};
    Segment segment;
    while (next_segment(text_, by_, from, segment)) {
      last_ = segment;
      if (const char* wrong = take(segment)) return Refusal{{wrong, segment.offset}};
      // Each interchange of a file brings its own separators.
      const auto next = skip_space(text_, from);
      if (segment.tag == "IEA" && text_.substr(next, 3) == "ISA" &&
          !read_separators(text_, next, by_))
        return Refusal{{"ISA does not have its sixteen elements", next}};
      if (into_.size() >= DocumentLimits::kNodes)
        return Refusal{{"too many segments", segment.offset}};
    }
    if (isa_ != kNoNode) return Refusal{{open_trailer(), last_.offset}};
    if (!last_.is_terminated) add_remark(into_, "the last segment is not terminated");
    return base::kDone;
  }

 private:
  // Null when the segment found its place.
  const char* take(const Segment& segment) {
    const auto tag = segment.tag;
    if (!is_tag(tag)) return "that is not a segment";
    if (tag == "ISA")
      return open(isa_, kRoot, isa_ == kNoNode, segment, "ISA inside an interchange");
    if (isa_ == kNoNode) return "a segment outside of an interchange";
    if (tag == "GS") return open(gs_, isa_, gs_ == kNoNode, segment, "GS inside a group");
    if (tag == "ST")
      return open(st_, gs_, gs_ != kNoNode && st_ == kNoNode, segment, "ST outside of a group");
    if (tag == "SE") return close(st_, segment, "SE without ST");
    if (tag == "GE") return st_ != kNoNode ? "GE before SE" : close(gs_, segment, "GE without GS");
    if (tag == "IEA") return gs_ != kNoNode ? "IEA before GE" : close(isa_, segment, "");
    if (st_ == kNoNode) {
      // TA1 is an answer to an earlier interchange of ours: nothing here.
      if (tag == "TA1") return nullptr;
      return "a segment outside of a transaction set";
    }
    place(segment);
    return nullptr;
  }

  static bool is_tag(std::string_view tag) {
    return (tag.size() == 2 || tag.size() == 3) && base::is_upper(tag[0]) &&
           std::ranges::all_of(tag, [](char c) { return base::is_upper(c) || base::is_digit(c); });
  }

  const char* open(NodeId& group, NodeId parent, bool may, const Segment& segment,
                   const char* otherwise) {
    if (!may) return otherwise;
    group = add_segment(into_, parent, segment, by_);
    party_ = line_ = status_ = kNoNode;
    return nullptr;
  }

  const char* close(NodeId& group, const Segment& segment, const char* otherwise) {
    if (group == kNoNode) return otherwise;
    const auto trailer = add_segment(into_, group, segment, by_);
    if (trailer != kNoNode) check(group, trailer, segment.tag);
    group = kNoNode;
    return nullptr;
  }

  // Counts and control numbers are wrong so often that a message is not refused for them.
  void check(NodeId group, NodeId trailer, std::string_view tag) {
    const bool is_set = tag == "SE", is_group = tag == "GE";
    const auto counted = is_set     ? segments_in(into_, group)
                         : is_group ? children_of(into_, group, "ST")
                                    : children_of(into_, group, "GS");
    const auto said = element_of(into_, trailer, "1");
    if (count_of(said) != counted) {
      add_remark(into_, fmt::format("{} says {} {}, there are {}", tag,
                                    said.empty() ? "no number of" : said,
                                    is_set     ? "segments"
                                    : is_group ? "transaction sets"
                                               : "groups",
                                    counted));
    }
    const auto mine = element_of(into_, group, is_set ? "2" : is_group ? "6" : "13");
    if (base::trim(mine) != base::trim(element_of(into_, trailer, "2")))
      add_remark(into_,
                 fmt::format("{} repeats another control number than {}", tag, into_[group].name));
  }

  // The loops of the 214: what a segment opens, and what closes it.
  void place(const Segment& segment) {
    const auto tag = segment.tag;
    if (tag == "LX") {
      party_ = status_ = kNoNode;
      line_ = add_segment(into_, st_, segment, by_);
    } else if (tag == "AT7" || tag == "Q5") {
      party_ = kNoNode;
      status_ = add_segment(into_, container(), segment, by_);
      is_status_fresh_ = true;
    } else if (tag == "N1") {
      status_ = kNoNode;
      party_ = add_segment(into_, container(), segment, by_);
    } else if (party_ != kNoNode && is_one_of(tag, {"N2", "N3", "N4", "PER", "G61"})) {
      add_segment(into_, party_, segment, by_);
    } else if (status_ != kNoNode && is_one_of(tag, {"MS1", "MS2", "M7"})) {
      add_segment(into_, status_, segment, by_);
    } else if (status_ != kNoNode && is_status_fresh_ && tag == "K1") {
      add_segment(into_, status_, segment, by_);
    } else {
      party_ = kNoNode;
      is_status_fresh_ = false;
      add_segment(into_, container(), segment, by_);
    }
  }
  NodeId container() const { return line_ != kNoNode ? line_ : st_; }
  static bool is_one_of(std::string_view tag, std::initializer_list<std::string_view> tags) {
    return std::ranges::find(tags, tag) != tags.end();
  }
  const char* open_trailer() const {
    if (st_ != kNoNode) return "the message breaks off: SE is missing";
    return gs_ != kNoNode ? "the message breaks off: GE is missing"
                          : "the message breaks off: IEA is missing";
  }

  std::string_view text_;
  Document& into_;
  Separators by_;
  Segment last_;
  NodeId isa_ = kNoNode, gs_ = kNoNode, st_ = kNoNode;
  NodeId party_ = kNoNode, line_ = kNoNode, status_ = kNoNode;
  bool is_status_fresh_ = false;
};

// ---- The answer

struct Acknowledgement {
  const Document& document;
  base::Instant now;
  std::string out;
  long segments = 0;

  void segment(const std::string& text) {
    out += text;
    out += "~\n";
    ++segments;
  }
  std::string_view of(NodeId node, std::string_view number) const {
    return element_of(document, node, number);
  }

  // AK5: accepted; with errors told (3: control numbers differ, 4: count differs); or rejected
  // because it is no status message (1).
  char set(NodeId st) {
    segment(fmt::format("AK2*{}*{}", of(st, "1"), of(st, "2")));
    if (of(st, "1") != "214") {
      segment("AK5*R*1");
      return 'R';
    }
    const auto se = child_of(document, st, "SE");
    std::string errors;
    if (of(st, "2") != of(se, "2")) errors += "*3";
    if (count_of(of(se, "1")) != segments_in(document, st)) errors += "*4";
    segment((errors.empty() ? "AK5*A" : "AK5*E") + errors);
    return errors.empty() ? 'A' : 'E';
  }

  void group(NodeId gs, long control) {
    segments = 0;
    segment(fmt::format("ST*997*{:04}", control % 10'000));
    segment(fmt::format("AK1*{}*{}", of(gs, "1"), of(gs, "6")));
    long sets = 0, accepted = 0;
    bool is_clean = true;
    for (auto id = document[gs].first_child; id != kNoNode; id = document[id].next) {
      if (document[id].name != "ST") continue;
      const char verdict = set(id);
      ++sets;
      accepted += verdict != 'R' ? 1 : 0;
      is_clean = is_clean && verdict == 'A';
    }
    const auto ge = child_of(document, gs, "GE");
    std::string errors;
    if (of(gs, "6") != of(ge, "2")) errors += "*4";
    if (count_of(of(ge, "1")) != sets) errors += "*5";
    const char verdict = accepted == 0                ? 'R'
                         : accepted < sets            ? 'P'
                         : is_clean && errors.empty() ? 'A'
                                                      : 'E';
    segment(fmt::format("AK9*{}*{}*{}*{}{}", verdict, std::max(0L, count_of(of(ge, "1"))), sets,
                        accepted, errors));
    segment(fmt::format("SE*{}*{:04}", segments + 1, control % 10'000));
  }
};

}  // namespace

base::Outcome<ParseError> read_x12(std::string_view bytes, Document& into) {
  const auto text = into.keep(as_utf8(bytes));
  return Reader(text, into).read();
}

std::string acknowledge_x12(const Document& document, base::Instant now, long control) {
  Acknowledgement answer{document, now, {}};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  for (auto isa = document[kRoot].first_child; isa != kNoNode; isa = document[isa].next) {
    if (document[isa].name != "ISA") continue;
    for (auto gs = document[isa].first_child; gs != kNoNode; gs = document[gs].next) {
      // An acknowledgement is never acknowledged: two programs would never stop.
      if (document[gs].name != "GS" || answer.of(gs, "1") == "FA") continue;
      const auto of = [&](std::string_view n) { return base::trim(answer.of(isa, n)); };
      answer.segment(
          fmt::format("ISA*00*{0:10}*00*{0:10}*{1:2}*{2:15}*{3:2}*{4:15}*{5:%y%m%d*%H%M}*U*00401*{"
                      "6:09}*0*{7:1}*>",
                      "", of("7"), of("8"), of("5"), of("6"), seconds, control, of("15")));
      answer.segment(fmt::format("GS*FA*{}*{}*{:%Y%m%d*%H%M}*{}*X*004010", answer.of(gs, "3"),
                                 answer.of(gs, "2"), seconds, control));
      answer.group(gs, control);
      answer.segment(fmt::format("GE*1*{}", control));
      answer.segment(fmt::format("IEA*1*{:09}", control));
      ++control;
    }
  }
  return std::move(answer.out);
}

}  // namespace carriers::formats

#include "carriers/document.h"

#include <cstring>

namespace carriers {
namespace {

constexpr std::string_view kFormats[] = {"json", "xml", "x12", "edifact", "fsu", "csv"};
constexpr std::size_t kChunk = 64u << 10;
// What is kept from one answer to the next: nearly all answers fit.
constexpr std::size_t kKept = 1u << 20;

base::Outcome<ParseError> read(Format format, std::string_view bytes, Document& into) {
  switch (format) {
    case Format::Json:
      return formats::read_json(bytes, into);
    case Format::Xml:
      return formats::read_xml(bytes, into);
    case Format::Csv:
      return formats::read_csv(bytes, into);
    case Format::X12:
      return formats::read_x12(bytes, into);
    case Format::Edifact:
      return formats::read_edifact(bytes, into);
    case Format::Fsu:
      return formats::read_fsu(bytes, into);
  }
  return base::Failure{ParseError{"no such format", 0}};
}

}  // namespace

std::string_view name(Format format) { return kFormats[static_cast<std::size_t>(format)]; }

bool parse_format(std::string_view word, Format& out) {
  for (std::size_t i = 0; i < std::size(kFormats); ++i) {
    if (word != kFormats[i]) continue;
    out = static_cast<Format>(i);
    return true;
  }
  return false;
}

base::Outcome<ParseError> Document::parse(Format format, std::string_view bytes) {
  reset();
  if (bytes.size() > DocumentLimits::kBytes)
    return base::Failure{ParseError{"larger than an answer may be", DocumentLimits::kBytes}};
  auto done = read(format, bytes, *this);
  if (done && nodes_.size() >= DocumentLimits::kNodes)
    done = base::Failure{ParseError{"more parts than an answer may have", 0}};
  if (!done) reset();
  return done;
}

base::Outcome<ParseError> Document::graft_json(NodeId at) {
  const auto text = nodes_[at].value;
  auto done = formats::read_json(text, *this, at);
  if (done && nodes_.size() >= DocumentLimits::kNodes)
    done = base::Failure{ParseError{"more parts than an answer may have", 0}};
  auto& node = nodes_[at];
  if (done) {
    node.value = {};
    node.kind = node.first_child == kNoNode ? Node::Kind::Hollow : Node::Kind::Branch;
  } else {
    node.first_child = node.last_child = kNoNode;
  }
  return done;
}

void Document::reset() {
  nodes_.clear();
  nodes_.emplace_back();
  steps_ = 0;
  used_ = 0;
  if (chunks_.empty()) return;
  // The largest that is not too large stays.
  auto best = std::move(chunks_.back());
  chunks_.clear();
  if (best.size <= kKept) chunks_.push_back(std::move(best));
}

char* Document::room(std::size_t bytes) {
  if (chunks_.empty() || chunks_.back().size - used_ < bytes) {
    const auto size = std::max(bytes, kChunk);
    chunks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    used_ = 0;
  }
  char* at = chunks_.back().bytes.get() + used_;
  used_ += bytes;
  return at;
}

std::string_view Document::keep(std::string_view text) {
  if (text.empty()) return {};
  char* at = room(text.size());
  std::memcpy(at, text.data(), text.size());
  return {at, text.size()};
}

NodeId Document::add(NodeId parent, std::string_view name, std::string_view value,
                     Node::Kind kind) {
  if (nodes_.size() >= DocumentLimits::kNodes) return kNoNode;
  const auto id = static_cast<NodeId>(nodes_.size());
  auto& above = nodes_[parent];
  if (above.first_child == kNoNode)
    above.first_child = id;
  else
    nodes_[above.last_child].next = id;
  above.last_child = id;
  nodes_.push_back({name, value, parent, kNoNode, kNoNode, kNoNode, kind});
  return id;
}

}  // namespace carriers

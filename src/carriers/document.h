// An answer as a tree, whatever its format: JSON, XML, CSV, X12, EDIFACT and Cargo-IMP all end in
// the same named nodes with text, so that one path language reads all of them
// (docs/connectors.md).
//
// A document owns every byte its nodes point into and is reused: reset() keeps its memory, and
// parse() resets first. One thread at a time. Bytes from outside never throw and never recurse
// deeper, grow larger or cost more steps than the limits below.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace carriers {

enum class Format : std::uint8_t { Json, Xml, X12, Edifact, Fsu, Csv };
// "json", "xml", "x12", "edifact", "fsu", "csv".
std::string_view name(Format format);
// False for a word that is no format.
bool parse_format(std::string_view word, Format& out);

// A node's number in its document; the root is 0.
using NodeId = std::uint32_t;
inline constexpr NodeId kRoot = 0;
inline constexpr NodeId kNoNode = ~NodeId{0};

struct DocumentLimits {
  static constexpr std::size_t kBytes = 16u << 20;
  static constexpr std::size_t kNodes = 1u << 20;
  static constexpr int kDepth = 96;
  // Nodes that all paths together may look at: some thousand times what an honest answer needs.
  static constexpr std::uint64_t kSteps = 20'000'000;
};

struct Node {
  enum class Kind : std::uint8_t {
    Branch,  // object, element, segment, group: has children, and may have text (XML)
    Text,    // a value
    // The name was there with nothing behind it: [], {}, null, <a/>. No path gives it; only the
    // condition `empty` sees it, because "the list is empty" and "there is no list" are not the
    // same news.
    Hollow,
  };
  std::string_view name;   // "" for the root
  std::string_view value;  // as written, entities and escapes resolved; "" when there is none
  NodeId parent = kNoNode;
  NodeId first_child = kNoNode;
  NodeId last_child = kNoNode;
  NodeId next = kNoNode;  // the next with the same parent
  Kind kind = Kind::Branch;
};

// Why bytes are not what they claim to be.
struct ParseError {
  std::string says;
  std::size_t offset = 0;  // where, when known
};

class Document {
 public:
  Document() { reset(); }
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  // Reads bytes in the format. On an error the document is empty.
  base::Outcome<ParseError> parse(Format format, std::string_view bytes);

  // Reads a node's own text as JSON, for answers that carry a second document inside a text; what
  // it says stands below the node then. On an error the node stays the text it was.
  base::Outcome<ParseError> graft_json(NodeId at);

  const Node& operator[](NodeId id) const { return nodes_[id]; }
  std::size_t size() const { return nodes_.size(); }

  // The text a node stands for; a branch without text of its own has none.
  std::string_view text(NodeId id) const { return nodes_[id].value; }

  // Building, for the formats: reset() was called, then nodes in the order of the document.

  // Memory that lives as long as the nodes, uninitialised.
  char* room(std::size_t bytes);
  // A copy that lives as long as the nodes.
  std::string_view keep(std::string_view text);
  // A new last child. `name` and `value` must live in room(), keep() or be constants. Gives kNoNode
  // when the document has too many nodes already.
  NodeId add(NodeId parent, std::string_view name, std::string_view value = {},
             Node::Kind kind = Node::Kind::Branch);
  void set_value(NodeId id, std::string_view value) { nodes_[id].value = value; }
  void set_kind(NodeId id, Node::Kind kind) { nodes_[id].kind = kind; }
  // Forgets the nodes and texts, keeps the memory; leaves the root alone.
  void reset();

  // Counts one look at a node; false when the answer has cost too much.
  bool spend() const { return ++steps_ < DocumentLimits::kSteps; }
  bool is_spent() const { return steps_ >= DocumentLimits::kSteps; }

 private:
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  std::vector<Node> nodes_;
  std::vector<Chunk> chunks_;
  std::size_t used_ = 0;  // of the last chunk
  mutable std::uint64_t steps_ = 0;
};

// The formats, each in formats/<name>.cpp. They build into a document that was reset.
namespace formats {
base::Outcome<ParseError> read_json(std::string_view bytes, Document& into, NodeId at = kRoot);
base::Outcome<ParseError> read_xml(std::string_view bytes, Document& into);
base::Outcome<ParseError> read_csv(std::string_view bytes, Document& into);
base::Outcome<ParseError> read_x12(std::string_view bytes, Document& into);
base::Outcome<ParseError> read_edifact(std::string_view bytes, Document& into);
base::Outcome<ParseError> read_fsu(std::string_view bytes, Document& into);
}  // namespace formats

}  // namespace carriers

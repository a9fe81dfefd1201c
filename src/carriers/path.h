// Paths into a document (docs/connectors.md, Paths): `a.b[type=DEL].c`, `**.event`, `^.x`, `..`.
//
// A compiled path is immutable and safe from any thread. Looking allocates nothing.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "carriers/document.h"

namespace carriers {

class Path {
 public:
  // The error says what is wrong and where, in words.
  static base::Result<Path, std::string> parse(std::string_view text);
  Path();  // the node itself: "."
  Path(Path&&) noexcept;
  Path& operator=(Path&&) noexcept;
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;
  ~Path();

  // Calls visit(NodeId) for each node, in the document's order, until it gives true.
  // `Hollow::Seen` gives names with nothing behind them too.
  enum class Hollow : std::uint8_t { Skipped, Seen };
  template <class Visit>
  bool each(const Document& document, NodeId from, Visit&& visit,
            Hollow hollow = Hollow::Skipped) const {
    auto call = [](void* to, NodeId id) -> bool {
      return (*static_cast<std::remove_reference_t<Visit>*>(to))(id);
    };
    return walk(document, from, 0, {call, &visit, hollow});
  }

  // The first node that has text; kNoNode when none has.
  NodeId first_text(const Document& document, NodeId from) const;
  std::vector<NodeId> all(const Document& document, NodeId from) const;
  bool is_self() const;
  // As it was written.
  std::string_view source() const { return source_; }

 private:
  struct Step;
  struct Predicate;
  friend class PathParser;
  struct Sink {
    bool (*call)(void*, NodeId);
    void* to;
    Hollow hollow;
  };
  bool walk(const Document& document, NodeId at, std::size_t step, const Sink& sink) const;
  bool walk_children(const Document& document, NodeId at, std::size_t step, const Sink& sink) const;
  bool walk_deep(const Document& document, NodeId at, std::size_t step, const Sink& sink) const;

  std::vector<Step> steps_;
  std::string source_;
};

}  // namespace carriers

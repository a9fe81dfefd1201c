// An answer that can be rewritten: a fixture's bytes as a tree to find places in (with the
// connector's own paths), and as a document to write through those places. JSON and XML.
//
// The tree shows the fixture as it was read; what is written shows in bytes() only.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "carriers/document.h"

namespace carriers::simulator {

class Specimen {
 public:
  // A part cut out, to be put in again elsewhere.
  class Part {
   public:
    Part();
    Part(Part&&) noexcept;
    Part& operator=(Part&&) noexcept;
    ~Part();
    // In every text below it.
    void replace_text(std::string_view from, std::string_view to);

   private:
    friend class Specimen;
    struct Content;
    std::unique_ptr<Content> content_;
  };

  // nullptr when the bytes are neither.
  static std::unique_ptr<Specimen> read(Format format, std::string_view bytes);
  ~Specimen();

  const Document& tree() const { return tree_; }

  // Writes a value in place; a number stays a number where the text is one.
  void set(NodeId id, std::string_view text);
  Part copy(NodeId id) const;
  // Puts the parts where the first of the nodes stands, and takes the nodes away. No node of the
  // tree may be used afterwards that lay in them.
  void replace(std::span<const NodeId> nodes, std::vector<Part> parts);
  std::string bytes() const;

 private:
  Specimen();
  struct State;
  class TreeBuilder;
  Document tree_;
  std::unique_ptr<State> state_;
};

}  // namespace carriers::simulator

#include "carriers/path.h"

#include <charconv>

#include "base/text.h"

namespace carriers {

// [type], [type=DEL], [type!="a b"], [.=x]
struct Path::Predicate {
  enum class Kind : std::uint8_t { Has, Is, IsNot };
  Path path;
  Kind kind = Kind::Has;
  std::string value;

  bool holds(const Document& document, NodeId at) const {
    if (kind == Kind::Has) return path.each(document, at, [](NodeId) { return true; });
    const bool is =
        path.each(document, at, [&](NodeId id) { return base::trim(document.text(id)) == value; });
    return is == (kind == Kind::Is);
  }
};

struct Path::Step {
  enum class Kind : std::uint8_t { Self, Name, Any, Deep, Parent, Root };
  Kind kind = Kind::Self;
  std::string name;
  std::vector<Predicate> predicates;
  int index = 0;  // 3: the third of those that fit; -1 the last; 0: all

  bool fits(const Document& document, NodeId id) const {
    if (kind == Kind::Name && document[id].name != name) return false;
    for (const auto& predicate : predicates) {
      if (!predicate.holds(document, id)) return false;
    }
    return true;
  }
};

Path::Path() = default;
Path::Path(Path&&) noexcept = default;
Path& Path::operator=(Path&&) noexcept = default;
Path::~Path() = default;

bool Path::is_self() const { return steps_.empty(); }

bool Path::walk(const Document& document, NodeId at, std::size_t step, const Sink& sink) const {
  if (!document.spend()) return true;
  if (step == steps_.size()) return sink.call(sink.to, at);
  switch (steps_[step].kind) {
    case Step::Kind::Self:
      return steps_[step].fits(document, at) && walk(document, at, step + 1, sink);
    case Step::Kind::Root:
      return walk(document, kRoot, step + 1, sink);
    case Step::Kind::Parent:
      return document[at].parent != kNoNode && walk(document, document[at].parent, step + 1, sink);
    case Step::Kind::Deep:
      return walk_deep(document, at, step, sink);
    case Step::Kind::Name:
    case Step::Kind::Any:
      return walk_children(document, at, step, sink);
  }
  return false;
}

bool Path::walk_children(const Document& document, NodeId at, std::size_t step,
                         const Sink& sink) const {
  const auto& wanted = steps_[step];
  const bool is_last = step + 1 == steps_.size();
  const auto fits = [&](NodeId id) {
    if (document[id].kind == Node::Kind::Hollow && !(is_last && sink.hollow == Hollow::Seen))
      return false;
    return wanted.fits(document, id);
  };
  int place = 0;
  if (wanted.index < 0) {
    for (auto id = document[at].first_child; id != kNoNode; id = document[id].next)
      place += document.spend() && fits(id) ? 1 : 0;
    place = place + wanted.index + 1;  // which one from the front
    if (place <= 0) return false;
  } else {
    place = wanted.index;
  }
  int seen = 0;
  for (auto id = document[at].first_child; id != kNoNode; id = document[id].next) {
    if (!document.spend()) return true;
    if (!fits(id)) continue;
    if (place != 0 && ++seen != place) continue;
    if (walk(document, id, step + 1, sink)) return true;
    if (place != 0) return false;
  }
  return false;
}

bool Path::walk_deep(const Document& document, NodeId at, std::size_t step,
                     const Sink& sink) const {
  if (walk(document, at, step + 1, sink)) return true;
  for (auto id = document[at].first_child; id != kNoNode; id = document[id].next) {
    if (document[id].kind == Node::Kind::Hollow) continue;
    if (walk_deep(document, id, step, sink)) return true;
  }
  return false;
}

NodeId Path::first_text(const Document& document, NodeId from) const {
  NodeId found = kNoNode;
  each(document, from, [&](NodeId id) {
    if (document.text(id).empty()) return false;
    found = id;
    return true;
  });
  return found;
}

std::vector<NodeId> Path::all(const Document& document, NodeId from) const {
  std::vector<NodeId> found;
  each(document, from, [&](NodeId id) {
    found.push_back(id);
    return false;
  });
  return found;
}

class PathParser {
 public:
  explicit PathParser(std::string_view text) : rest_(text), all_(text) {}

  base::Result<Path, std::string> parse() {
    Path path;
    if (all_.empty()) return base::Failure{std::string("a path is empty")};
    for (;;) {
      Path::Step step;
      if (!take_step(step)) return base::Failure{std::move(error_)};
      if (step.kind == Path::Step::Kind::Deep && ++deep_ > 2)
        return base::Failure{std::string("'**' stands more than twice in one path")};
      // The node itself adds nothing on the way.
      if (step.kind != Path::Step::Kind::Self || !step.predicates.empty())
        path.steps_.push_back(std::move(step));
      if (rest_.empty()) return path;
      if (!rest_.starts_with('.')) return base::Failure{at("a '.' should follow")};
      rest_.remove_prefix(1);
      if (rest_.empty()) return base::Failure{std::string("the path ends with a '.'")};
    }
  }

 private:
  bool take_step(Path::Step& step) {
    using Kind = Path::Step::Kind;
    if (take_word("..")) {
      step.kind = Kind::Parent;
    } else if (take_word("**")) {
      step.kind = Kind::Deep;
    } else if (take_word("*")) {
      step.kind = Kind::Any;
    } else if (take_word("^")) {
      step.kind = Kind::Root;
    } else if (take_word(".") || rest_.starts_with('[')) {
      step.kind = Kind::Self;
    } else {
      step.kind = Kind::Name;
      if (!take_name(step.name)) return false;
    }
    while (rest_.starts_with('[')) {
      if (step.kind == Kind::Parent || step.kind == Kind::Root || step.kind == Kind::Deep)
        return fail("'[' cannot follow '..', '^' or '**'");
      if (!take_predicate(step)) return false;
    }
    return true;
  }

  // A sign that is a whole step.
  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    const auto after = rest_.substr(word.size());
    // "..x" is the parent's x by mistake of the dot; "." alone stands for the node only when the
    // step ends there.
    if (!after.empty() && after.front() != '.' && after.front() != '[') return false;
    if (word == "." && after.starts_with('.')) return false;
    rest_ = after;
    return true;
  }

  bool take_name(std::string& name) {
    if (rest_.starts_with('"') || rest_.starts_with('\'')) return take_quoted(name);
    const auto end = std::min(rest_.find_first_of(".["), rest_.size());
    name = rest_.substr(0, end);
    if (name.empty()) return fail("a name is missing");
    if (name.find_first_of("]\"*^=") != std::string::npos)
      return fail("a name with such a sign must stand in quotes");
    rest_.remove_prefix(end);
    return true;
  }

  bool take_quoted(std::string& text) {
    const char quote = rest_.front();
    const auto end = rest_.find(quote, 1);
    if (end == std::string_view::npos) return fail("a quote is not closed");
    text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool take_predicate(Path::Step& step) {
    rest_.remove_prefix(1);
    // A number alone counts; "2=A" is the child called 2 (elements of X12 and EDIFACT).
    const auto end = std::min(rest_.find_first_of("]=!."), rest_.size());
    if (end < rest_.size() && rest_[end] == ']' &&
        (rest_.starts_with('-') || base::is_digit(rest_.front()))) {
      const auto [last, error] = std::from_chars(rest_.data(), rest_.data() + end, step.index);
      if (error != std::errc() || last != rest_.data() + end || step.index == 0)
        return fail("a number from 1 or -1 should stand in the brackets");
      rest_.remove_prefix(end);
      return take_close();
    }
    Path::Predicate predicate;
    const auto inside = predicate_end();
    if (inside == std::string_view::npos) return fail("a ']' is missing");
    auto parsed = PathParser(base::trim(rest_.substr(0, inside))).parse();
    if (!parsed) return fail(parsed.error());
    predicate.path = std::move(parsed).value();
    rest_.remove_prefix(inside);
    if (rest_.starts_with("!=") || rest_.starts_with('=')) {
      predicate.kind =
          rest_.starts_with('=') ? Path::Predicate::Kind::Is : Path::Predicate::Kind::IsNot;
      rest_.remove_prefix(rest_.starts_with('=') ? 1 : 2);
      if (!take_value(predicate.value)) return false;
    }
    step.predicates.push_back(std::move(predicate));
    return take_close();
  }

  // Where the path inside the brackets ends: at '=', '!=' or ']', not inside quotes.
  std::size_t predicate_end() const {
    char quote = 0;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '=' || c == ']' || rest_.substr(i).starts_with("!=")) {
        return i;
      }
    }
    return std::string_view::npos;
  }

  bool take_value(std::string& value) {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
    if (rest_.starts_with('"') || rest_.starts_with('\'')) return take_quoted(value);
    const auto end = rest_.find(']');
    if (end == std::string_view::npos) return fail("a ']' is missing");
    value = base::trim(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return true;
  }

  bool take_close() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
    if (!rest_.starts_with(']')) return fail("a ']' is missing");
    rest_.remove_prefix(1);
    return true;
  }

  std::string at(std::string_view says) const {
    return std::string(says) + " at character " + std::to_string(all_.size() - rest_.size() + 1) +
           " of the path";
  }
  bool fail(std::string_view says) {
    error_ = at(says);
    return false;
  }

  std::string_view rest_, all_;
  std::string error_;
  int deep_ = 0;
};

base::Result<Path, std::string> Path::parse(std::string_view text) {
  constexpr std::size_t kLongest = 1000;
  if (text.size() > kLongest) return base::Failure{std::string("a path is too long")};
  auto path = PathParser(text).parse();
  if (path) path.value().source_ = text;
  return path;
}

}  // namespace carriers

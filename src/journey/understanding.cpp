#include "journey/understanding.h"

#include "journey/code_table.h"
#include "journey/fold.h"
#include "journey/standards.h"
#include "journey/wording.h"

namespace embedded {
std::string_view wording_model();
}  // namespace embedded

namespace journey {

namespace {

WordingModel built_in_model() {
  const auto model = WordingModel::read(embedded::wording_model());
  if (!model) throw std::logic_error("the wording model that was built in is not of this version");
  return *model;
}

}  // namespace

struct Understanding::State {
  Standards standards;
  WordingModel model = built_in_model();
};

Understanding::Understanding() : state_(std::make_unique<State>()) {}
Understanding::~Understanding() = default;

const Understanding& Understanding::builtin() {
  static const Understanding instance;
  return instance;
}

const CodeTable* Understanding::standard(std::string_view name) const {
  return name.empty() ? nullptr : state_->standards.find(name);
}

namespace {

bool is_decided(const Verdict& verdict) { return verdict.kind != Verdict::Kind::Unknown; }

}  // namespace

Verdict Understanding::judge(const CodeTable* table, std::string_view standard,
                             std::string_view code, std::string_view text,
                             std::string_view language) const {
  const FoldedCode folded_code(code);
  const Folded folded_text(text);
  Verdict by_table;
  if (table != nullptr) {
    by_table = table->decide(folded_code.view(), folded_text.view());
    if (by_table.by == By::CarrierCode) return by_table;
  }
  Verdict by_standard;
  if (const CodeTable* list = this->standard(standard)) {
    std::string room;
    by_standard = list->decide(FoldedCode(bare_code(code, room)).view(), folded_text.view());
    if (by_standard.by == By::CarrierCode) {
      by_standard.by = By::StandardCode;
      return by_standard;
    }
  }
  if (is_decided(by_table)) return by_table;
  if (is_decided(by_standard)) return by_standard;
  static_cast<void>(language);
  return judge_wording(state_->model, text);
}

// The language's name adds nothing yet: the words tell it.
Verdict Understanding::by_wording(std::string_view text, std::string_view) const {
  return judge_wording(state_->model, text);
}

std::string Understanding::explain(const CodeTable* table, std::string_view standard,
                                   std::string_view code, std::string_view text,
                                   std::string_view language) const {
  const Verdict verdict = judge(table, standard, code, text, language);
  const auto says = [&verdict](std::string_view why) {
    return fmt::format("by {}: {}", name(verdict.by), why);
  };
  if (table != nullptr && table->find(code, text) == verdict && is_decided(verdict))
    return says(table->explain(code, text));
  if (const CodeTable* list = this->standard(standard)) {
    std::string room;
    const auto bare = bare_code(code, room);
    if (const auto why = list->explain(bare, text); !why.empty()) return says(why);
  }
  const Folded folded(text);
  if (folded.view().empty()) return says("no table knows the code, and there are no words");
  return says(explain_wording(state_->model, text));
}

}  // namespace journey

#include "personal/access.h"

#include <algorithm>

#include "base/log.h"
#include "personal/restrictions.h"
#include "store/database.h"

namespace personal::access_detail {

Base::Base(Ledger& ledger, Actor actor, std::int64_t account_id, std::string_view operation,
           Purpose purpose)
    : ledger_(ledger) {
  ledger.require_room();
  row_.account_id = account_id;
  row_.actor = actor;
  row_.purpose = purpose;
  row_.operation = operation;
}

Base::~Base() {
  if (recorded_ || row_.fields == 0) return;
  try {
    count_subjects();
    ledger_.append_soon(row_);
  } catch (const std::exception& error) {
    // The one way to read without a row: the store failed since this access was made. The log keeps
    // what the ledger could not.
    base::log(base::Level::Error, "personal.ledger_row_lost",
              {{"operation", row_.operation},
               {"purpose", name(row_.purpose)},
               {"account", row_.account_id},
               {"subjects", row_.subjects},
               {"error", error.what()}});
  }
}

void Base::about(std::int64_t subject) {
  subject_ = subject;
  const auto* const restrictions = ledger_.restrictions();
  is_shut_ = restrictions != nullptr && row_.purpose != Purpose::Rights &&
             row_.purpose != Purpose::Claims && restrictions->hold(row_.account_id, subject);
}

bool Base::note(Label label) {
  if (is_shut_) return false;
  if (!label.allows(row_.purpose)) {
    throw LabelRefusal("a value that a linked mailbox gave may not be opened for " +
                       std::string(name(row_.purpose)));
  }
  if (recorded_) {  // a new row: its closure is run again, or goes on after recording
    recorded_ = false;
    row_.fields = 0;
    subjects_.clear();
  }
  if (row_.fields++ == 0) row_.at = ledger_.clock().now();
  if (subject_ != 0 && (subjects_.empty() || subjects_.back() != subject_)) {
    subjects_.push_back(subject_);
  }
  return true;
}

void Base::count_subjects() {
  std::sort(subjects_.begin(), subjects_.end());
  subjects_.erase(std::unique(subjects_.begin(), subjects_.end()), subjects_.end());
  row_.subjects = static_cast<std::int64_t>(subjects_.size());
  row_.subject = subjects_.size() == 1 ? subjects_.front() : 0;
}

void Base::record(store::Tx& tx) {
  if (row_.fields == 0) return;
  count_subjects();
  ledger_.append(tx, row_);
  recorded_ = true;
}

}  // namespace personal::access_detail

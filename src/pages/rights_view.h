// The pages of the rights desk: what they show, as values. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pages/words.h"
#include "rights/access.h"
#include "rights/case.h"
#include "rights/facts.h"
#include "rights/transfer.h"

namespace pages {

// How a message above the page reads: "rights.done.objection".
struct RightsNotice {
  std::string key;
  bool is_good = true;
};

// `about`: the token of the parcel's page that the person came from; may be empty.
std::string render_rights_start(const Words& words, std::string_view about,
                                const std::optional<RightsNotice>& notice = std::nullopt);
std::string render_rights_sent(const Words& words);
std::string render_rights_confirm(const Words& words);
std::string render_rights_gone(const Words& words);
std::string render_rights_left(const Words& words);

struct RightsPage {
  std::string path;  // "/rights/mine/TOKEN"
  const rights::Report& report;
  rights::NameOfAccount shop;
  const std::vector<rights::Case>& cases;
  const rights::Authority* authority = nullptr;
  std::optional<RightsNotice> notice;
  bool is_restricted = false;
  bool may_move = false;  // data can be sent to another service
};
std::string render_rights_mine(const RightsPage& page, const Words& words);
// After a transfer, with what the receiver signed.
std::string render_rights_moved(const rights::Receipt& receipt, std::string_view path,
                                const Words& words);
std::string render_rights_erased(std::string_view certificate, const Words& words);

}  // namespace pages

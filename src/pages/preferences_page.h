// The page of whoever is told about parcels, below /n/: what they want to hear, by which way, in
// which language and when, and the end of it all with one click.
//
// Whoever holds the address may change it (consent/link.h); there is no login, no cookie and no
// script. GET never changes anything, since scanners follow links. POST is either the page's own
// forms, answered by a redirect back to it, or a mail client's one-click (RFC 8058), which needs no
// page at all and ends that channel at once.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "consent/link.h"
#include "consent/preferences.h"
#include "http/router.h"
#include "pages/words.h"
#include "personal/vault.h"
#include "store/database.h"

namespace pages {

struct PreferencesContext {
  store::Database& database;
  personal::Vault& vault;
  const base::Clock& clock;
  std::string shop;  // who writes, for accounts that never said; may be empty
};
// `context` must outlive the router.
void add_preference_routes(http::Router& router, PreferencesContext& context);

// ---- Its parts, for tests

// What the page knows of a person.
struct Wishes {
  std::string shop;
  consent::Matrix offered;  // by the shop
  consent::Preferences preferences;
  bool is_stopped = false;          // everything
  bool is_channel_stopped = false;  // by the way that this door is for
  bool is_erased = false;           // nothing can be changed any more
  channels::Channel channel{};
};
enum class Done { Nothing, Saved, Stopped, Resumed };
std::string render_preferences(const Wishes& wishes, std::string_view path, Done done,
                               bool asks_to_stop, const Words& words);

// A form as browsers send it, or a mail client's one-click.
struct PostedForm {
  enum class Does { Save, Stop, Resume, OneClick, Nothing } does = Does::Nothing;
  consent::Preferences preferences;  // of Save
};
PostedForm read_posted(std::string_view content_type, std::string_view body,
                       const consent::Matrix& offered);

}  // namespace pages

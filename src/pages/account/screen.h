// What an account page shows, as values: cards of texts, lists and forms. One template draws them
// all, so that labels, errors, focus and the token of every form are right everywhere at once.
// Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accounts/sessions.h"
#include "pages/layout.h"

namespace pages {

struct Field {
  std::string name, label;
  std::string type = "text";  // text, email, password, number, checkbox, select, textarea
  std::string value = {};
  std::string autocomplete = {};
  std::string hint = {}, error = {};
  std::size_t longest = 4'000;  // characters, of a textarea
  bool is_required = true;
  bool is_checked = false;
  std::vector<std::pair<std::string, std::string>> options = {};  // of a select: value, words
  std::string label_link = {}, label_link_text = {};              // behind a tick's words
};

struct ScreenForm {
  std::string action, submit;
  std::vector<Field> fields = {};
  std::vector<std::pair<std::string, std::string>> hidden = {};
  std::string tone = {};     // "quiet", "bad"; empty: the page's main thing to do
  std::string passkey = {};  // what the island does instead: "add", "sign-in", "again"
  std::string name = {};     // of the button, for screen readers, where several look alike
  bool is_wide = false;      // its fields stand beside each other where there is room
  std::string second = {}, second_action = {};  // another button that sends the same
  std::string group = {}, group_hint = {};      // a set of ticks and what they are about
  std::vector<Field> ticks = {};
};

struct Item {
  std::string title, badge = {}, tone = "calm";
  std::vector<std::string> lines = {};
  std::vector<ScreenForm> forms = {};
  bool is_mono = false;
  std::string href = {};  // of the title
};

struct Card {
  std::string id, title = {};
  std::vector<std::string> texts = {};
  std::vector<Item> items = {};
  std::vector<ScreenForm> forms = {};
  std::string svg = {}, svg_name = {};  // a picture of ours: never anything that was typed
  std::vector<std::string> codes = {};  // to be copied, shown once
  std::vector<std::pair<std::string, std::string>> links = {};  // path, words
  std::string error = {};                                       // of the whole form
  std::vector<std::pair<std::string, std::string>> rows = {};   // names and values
  std::vector<ScreenForm> row = {};                             // buttons side by side
  std::string letter = {};                                      // somebody's text, line by line
};

// A count that leads to what it counts.
struct Tile {
  std::string label, number, href, tone;
};

struct Screen {
  std::string title, lead = {};
  std::vector<Card> cards = {};
  bool is_narrow = false;                         // a single form in the middle
  bool needs_script = false;                      // loads the passkey island
  std::string current = {};                       // path of the menu's entry
  std::string parcels = {};                       // the list of parcels, drawn already (view.h)
  std::string note = {}, note_tone = "good";      // what just happened
  std::pair<std::string, std::string> back = {};  // path and words of the page above
  std::string badge = {}, badge_tone = "calm";    // beside the title
  std::vector<Tile> tiles = {};
  struct Search {
    std::string label, submit, text;
  };
  std::optional<Search> search = {};
  std::string parcels_note = {};                                // instead of the list
  std::vector<std::pair<std::string, std::string>> turns = {};  // to other pages of the list
  std::vector<Card> after = {};                                 // below the list
};

struct Viewer {
  const Frame& frame;
  const accounts::Signed* who = nullptr;  // nullptr: nobody is signed in
  std::string csrf = {};
};

std::string render_screen(const Screen& screen, const Viewer& viewer);
// The menu of whoever is signed in, for pages with a template of their own: {{>menu}}.
void put_menu(Data& page, const Viewer& viewer, std::string_view current);

// A QR code as SVG, black on white whatever the page's colours; empty when it does not fit.
std::string qr_svg(const std::string& text);

}  // namespace pages

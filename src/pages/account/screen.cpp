#include "pages/account/screen.h"

#include <fmt/format.h>
#include <qrencode.h>

#include <memory>

#include "pages/view.h"

namespace embedded {
std::string_view account_template();
std::string_view menu_template();
std::string_view card_template();
}  // namespace embedded

namespace pages {
namespace {

using accounts::Permission;

std::string text(std::string_view view) { return std::string(view); }

// What is not there is said to be not there: a section would else take its neighbour's above.
void put(Data& data, const char* key, const std::string& value) {
  if (value.empty()) {
    data.set(key, false);
  } else {
    data.set(key, value);
  }
}

Data options_of(const Field& field) {
  Data list = Data::type::list;
  for (const auto& [value, words] : field.options) {
    Data option;
    option.set("value", value);
    option.set("words", words);
    option.set("chosen", value == field.value);
    list.push_back(option);
  }
  return list;
}

Data field_data(const Field& field, const std::string& id) {
  Data data;
  data.set("id", id);
  data.set("name", field.name);
  data.set("label", field.label);
  data.set("type", field.type);
  data.set("value", field.value);
  put(data, "autocomplete", field.autocomplete);
  put(data, "hint", field.hint);
  put(data, "error", field.error);
  put(data, "link", field.label_link);
  put(data, "link_text", field.label_link_text);
  data.set("required", field.is_required);
  data.set("checked", field.is_checked);
  data.set("tick", field.type == "checkbox");
  data.set("select", field.type == "select");
  data.set("area", field.type == "textarea");
  data.set("longest", std::to_string(field.longest));
  data.set("box", field.type != "checkbox" && field.type != "select" && field.type != "textarea");
  data.set("described", !field.hint.empty() || !field.error.empty());
  if (field.type == "select") data.set("options", options_of(field));
  return data;
}

Data form_data(const ScreenForm& form, const std::string& id, const Viewer& viewer) {
  Data data, fields = Data::type::list, hidden = Data::type::list;
  for (const auto& field : form.fields) fields.push_back(field_data(field, id + "-" + field.name));
  const auto hide = [&](const std::string& name, const std::string& value) {
    Data item;
    item.set("name", name);
    item.set("value", value);
    hidden.push_back(item);
  };
  hide("csrf", viewer.csrf);
  if (!viewer.frame.language.empty()) hide("lang", viewer.frame.language);
  for (const auto& [name, value] : form.hidden) hide(name, value);
  data.set("action", form.action);
  data.set("submit", form.submit);
  data.set("fields", fields);
  data.set("hidden", hidden);
  data.set("tone", form.tone);
  put(data, "second", form.second);
  data.set("second_action", form.second_action);
  put(data, "passkey", form.passkey);
  data.set("wide", form.is_wide);
  put(data, "group", form.group);
  put(data, "group_hint", form.group_hint);
  Data ticks = Data::type::list;
  for (const auto& tick : form.ticks) ticks.push_back(field_data(tick, id + "-" + tick.name));
  data.set("ticks", ticks);
  put(data, "button_name", form.name);
  return data;
}

Data forms_data(const std::vector<ScreenForm>& forms, const std::string& id, const Viewer& viewer) {
  Data list = Data::type::list;
  int number = 0;
  for (const auto& form : forms)
    list.push_back(form_data(form, fmt::format("{}-{}", id, ++number), viewer));
  return list;
}

Data texts_data(const std::vector<std::string>& texts) {
  Data list = Data::type::list;
  for (const auto& one : texts) list.push_back(Data(one));
  return list;
}

Data card_data(const Card& card, const Viewer& viewer) {
  Data data, items = Data::type::list, links = Data::type::list;
  data.set("id", card.id);
  put(data, "title", card.title);
  put(data, "error", card.error);
  data.set("texts", texts_data(card.texts));
  int number = 0;
  for (const auto& one : card.items) {
    Data item;
    item.set("title", one.title);
    put(item, "badge", one.badge);
    put(item, "href", one.href);
    item.set("tone", one.tone);
    item.set("mono", one.is_mono);
    item.set("lines", texts_data(one.lines));
    item.set("forms", forms_data(one.forms, fmt::format("{}-{}", card.id, ++number), viewer));
    items.push_back(item);
  }
  data.set("items?", !card.items.empty());
  data.set("items", items);
  data.set("forms", forms_data(card.forms, card.id, viewer));
  put(data, "svg", card.svg);
  data.set("svg_name", card.svg_name);
  put(data, "letter", card.letter);
  data.set("codes?", !card.codes.empty());
  data.set("codes", texts_data(card.codes));
  Data rows = Data::type::list;
  for (const auto& [name, value] : card.rows) {
    Data row;
    row.set("name", name);
    row.set("value", value);
    rows.push_back(row);
  }
  data.set("rows?", !card.rows.empty());
  data.set("rows", rows);
  data.set("row?", !card.row.empty());
  data.set("row", forms_data(card.row, card.id + "-row", viewer));
  for (const auto& [path, words] : card.links) {
    Data link;
    link.set("href", path);
    link.set("words", words);
    links.push_back(link);
  }
  data.set("links?", !card.links.empty());
  data.set("links", links);
  return data;
}

struct MenuEntry {
  std::string_view path, key;
  std::optional<Permission> needs;
};
constexpr MenuEntry kMenu[] = {{"/account", "a.parcels", Permission::ReadShipments},
                               {"/account/tickets", "a.tickets", Permission::AnswerCustomers},
                               {"/account/reviews", "a.reviews", Permission::AnswerCustomers},
                               {"/account/mailboxes", "a.mailboxes", Permission::WriteShipments},
                               {"/account/team", "a.team", Permission::ManageTeam},
                               {"/account/messages", "a.messages", Permission::ManageMessages},
                               {"/account/lists", "a.lists", Permission::ManageMessages},
                               {"/account/webhooks", "a.hooks", Permission::ManageHooks},
                               {"/account/keys", "a.keys", Permission::ManageKeys},
                               {"/account/cases", "a.cases", Permission::WorkPrivacyCases},
                               {"/account/security", "a.security", std::nullopt},
                               {"/account/preferences", "a.preferences", std::nullopt},
                               {"/account/my-data", "a.my_data", std::nullopt}};

}  // namespace

void put_menu(Data& page, const Viewer& viewer, std::string_view current) {
  page.set("menu",
           Data(kainjow::mustache::partial([] { return std::string(embedded::menu_template()); })));
  if (viewer.who == nullptr) return;
  const auto& words = viewer.frame.words;
  Data entries = Data::type::list;
  for (const auto& entry : kMenu) {
    const auto role = viewer.who->role;
    if (entry.needs && !(role && accounts::may(*role, *entry.needs))) continue;
    Data item;
    item.set("href", text(entry.path) + language_suffix(viewer.frame));
    item.set("name", text(words.get(entry.key)));
    item.set("current", entry.path == current);
    entries.push_back(item);
  }
  Data menu;
  menu.set("entries", entries);
  menu.set("label", text(words.get("a.menu")));
  menu.set("sign_out", text(words.get("a.sign_out")));
  menu.set("csrf", viewer.csrf);
  page.set("signed_in", menu);
}

namespace {

Data links_data(const std::vector<std::pair<std::string, std::string>>& links) {
  Data list = Data::type::list;
  for (const auto& [path, words] : links) {
    Data link;
    link.set("href", path);
    link.set("words", words);
    list.push_back(link);
  }
  return list;
}

// What stands above and around the cards.
void put_head(Data& page, const Screen& screen, const Viewer& viewer) {
  put(page, "back", screen.back.first);
  page.set("back_words", screen.back.second);
  put(page, "head_badge", screen.badge);
  page.set("badge_tone", screen.badge_tone);
  Data tiles = Data::type::list;
  for (const auto& one : screen.tiles) {
    Data tile;
    tile.set("label", one.label);
    tile.set("number", one.number);
    tile.set("href", one.href);
    tile.set("tone", one.tone);
    tiles.push_back(tile);
  }
  page.set("tiles?", !screen.tiles.empty());
  page.set("tiles", tiles);
  if (screen.search) {
    Data search;
    search.set("label", screen.search->label);
    search.set("submit", screen.search->submit);
    search.set("text", screen.search->text);
    search.set("csrf", viewer.csrf);
    put(search, "lang_field", viewer.frame.language);
    page.set("search", search);
  }
  put(page, "parcels_note", screen.parcels_note);
  page.set("turns?", !screen.turns.empty());
  page.set("turns", links_data(screen.turns));
}

}  // namespace

std::string render_screen(const Screen& screen, const Viewer& viewer) {
  Data page, cards = Data::type::list, after = Data::type::list;
  put_frame(page, viewer.frame);
  put_menu(page, viewer, screen.current);
  page.set("title", screen.title);
  put(page, "lead", screen.lead);
  page.set("narrow", screen.is_narrow);
  page.set("note_tone", screen.note_tone);
  put(page, "note", screen.note);
  put(page, "parcels", screen.parcels);
  if (screen.needs_script) page.set("passkey_script", assets()[kPasskeyScript].path);
  page.set("touch_icon", assets()[kIcon192].path);
  page.set("w_no_passkey", text(viewer.frame.words.get("a.passkey_failed")));
  for (const auto& card : screen.cards) cards.push_back(card_data(card, viewer));
  for (const auto& card : screen.after) after.push_back(card_data(card, viewer));
  put_head(page, screen, viewer);
  page.set("card",
           Data(kainjow::mustache::partial([] { return std::string(embedded::card_template()); })));
  page.set("cards", cards);
  page.set("after", after);
  return render(embedded::account_template(), page);
}

std::string qr_svg(const std::string& content) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString8bit(content.c_str(), 0, QR_ECLEVEL_M), &QRcode_free);
  if (!code) return {};
  constexpr int kQuiet = 4;  // modules of white around it, as the standard wants
  const int side = code->width + 2 * kQuiet;
  std::string path;
  for (int y = 0; y < code->width; ++y) {
    for (int x = 0; x < code->width; ++x) {
      if ((code->data[y * code->width + x] & 1) != 0)
        path += fmt::format("M{} {}h1v1h-1z", x + kQuiet, y + kQuiet);
    }
  }
  return fmt::format(
      "<svg class=\"qr\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" role=\"img\" "
      "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{0}v{0}h-{0}z\"/><path "
      "fill=\"#000\" d=\"{1}\"/></svg>",
      side, path);
}

}  // namespace pages

#include "pages/layout.h"

#include <fmt/format.h>

#include "pages/view.h"

namespace embedded {
std::string_view foot_template();
}  // namespace embedded

namespace pages {
namespace {

std::string text(std::string_view view) { return std::string(view); }

void put_languages(Data& page, const Frame& frame) {
  Data list = Data::type::list;
  for (const auto& other : Words::all()) {
    Data item;
    item.set("code", text(other.language()));
    item.set("name", text(other.own_name()));
    item.set("chosen", &other == &frame.words);
    list.push_back(item);
  }
  page.set("languages", list);
  page.set("languages_query", frame.languages_query);
}

void put_legal(Data& page, const Frame& frame) {
  const auto suffix = language_suffix(frame);
  Data list = Data::type::list;
  for (const auto& [path, key] : {std::pair("/privacy", "foot.policy"),
                                  {"/privacy/cookies", "foot.cookies"},
                                  {"/rights", "foot.rights"},
                                  {"/privacy/contact", "foot.contact"}}) {
    Data item;
    item.set("href", path + suffix);
    item.set("name", text(frame.words.get(key)));
    list.push_back(item);
  }
  page.set("legal", list);
}

void put_question(Data& page, const Frame& frame) {
  if (frame.open.empty()) return;
  Data banner, purposes = Data::type::list;
  for (const auto& question : frame.open) {
    Data item;
    item.set("purpose", question.purpose);
    purposes.push_back(item);
  }
  banner.set("purposes", purposes);
  banner.set("title", text(frame.words.get("choice.title")));
  banner.set("text", text(frame.words.get("choice.text")));
  banner.set("yes", text(frame.words.get("choice.yes")));
  banner.set("no", text(frame.words.get("choice.no")));
  banner.set("more", text(frame.words.get("choice.more")));
  banner.set("back", is_own_path(frame.path) ? frame.path : "/");
  page.set("question", banner);
}

}  // namespace

std::string language_suffix(const Frame& frame) {
  return frame.language.empty() ? std::string() : "?lang=" + frame.language;
}

void put_frame(Data& page, const Frame& frame) {
  put_languages(page, frame);
  put_legal(page, frame);
  put_question(page, frame);
  page.set("lang", text(frame.words.language()));
  page.set("style", assets()[kStyle].path);
  page.set("script", assets()[kLiveScript].path);
  page.set("w_language", text(frame.words.get("language.choose")));
  page.set("w_legal", text(frame.words.get("foot.label")));
  page.set("foot",
           Data(kainjow::mustache::partial([] { return std::string(embedded::foot_template()); })));
}

}  // namespace pages

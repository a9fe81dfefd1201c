#include "policy/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <stdexcept>

#include "base/time.h"
#include "policy/markdown.h"

namespace policy {
namespace {

using Data = kainjow::mustache::data;

std::string day(base::Instant at) { return base::to_iso_offset(at).substr(0, 10); }

// Everything of one document in one language: what is said is looked up, the rest is in the facts.
class Values {
 public:
  Values(std::string_view language, const Facts& facts) : language_(language), facts_(facts) {}

  Data all(const std::optional<Edition>& edition) const {
    Data data;
    if (edition) {
      data.set("edition", true);
      data.set("number", std::to_string(edition->number));
      data.set("posted", day(edition->dates.posted()));
      data.set("effective", day(edition->dates.effective()));
    }
    put_operator(data);
    data.set("purposes", purposes());
    data.set("subjects", subjects());
    data.set("retention", retention());
    data.set("cookies", cookies());
    put_recipients(data);
    put_optional(data);
    return data;
  }

 private:
  std::string said(const std::string& key, std::string_view otherwise) const {
    return std::string(say(language_, key, otherwise));
  }
  std::string purpose_title(std::string_view id) const {
    const auto* purpose = facts_.purpose(id);
    return purpose == nullptr ? std::string(id)
                              : said(fmt::format("purpose.{}.title", id), purpose->title);
  }

  void put_operator(Data& data) const {
    const auto& who = facts_.who;
    const auto put = [&](const char* key, const std::string& value) {
      if (!value.empty()) data.set(key, value);
    };
    put("name", who.name);
    put("address", who.address);
    put("contact", who.contact);
    put("privacy_contact", who.privacy_contact.empty() ? who.contact : who.privacy_contact);
    put("officer", who.officer == "none" ? "" : who.officer);
    put("representative", who.representative);
    put("country", who.country);
    put("site", who.site);
    data.set("incomplete", !who.is_complete());
    data.set("eea", is_in_eea(who.country));
  }

  Data purposes() const {
    Data list = Data::type::list;
    for (const auto& one : facts_.purposes) {
      Data item;
      item.set("id", one.id);
      item.set("title", said("purpose." + one.id + ".title", one.title));
      item.set("text", said("purpose." + one.id + ".text", one.text));
      item.set("basis", said("basis." + one.basis, one.basis));
      item.set("mailbox", one.from_mailbox);
      list.push_back(item);
    }
    return list;
  }

  Data subjects() const {
    Data list = Data::type::list;
    for (const std::string subject : {"consignee", "account-holder"}) {
      Data rows = Data::type::list;
      for (const auto& one : facts_.categories) {
        if (one.subject == subject) rows.push_back(category(one));
      }
      Data item;
      item.set("id", subject);
      item.set("name", said("subject." + subject, subject));
      item.set("rows", rows);
      list.push_back(item);
    }
    return list;
  }

  Data category(const Category& one) const {
    std::vector<std::string> why, how_long;
    for (const auto& id : one.purposes) why.push_back(purpose_title(id));
    for (const auto& id : one.retention) how_long.push_back(length(id));
    const auto join = [](const std::vector<std::string>& parts) {
      return fmt::format("{}", fmt::join(parts, "; "));
    };
    const bool is_sealed = std::ranges::find(one.forms, "clear") == one.forms.end();
    Data item;
    item.set("what", said("category." + key_of(one.category), one.category));
    item.set("why", join(why));
    item.set("long", join(how_long));
    item.set("how", said(is_sealed ? "form.sealed" : "form.clear", ""));
    item.set("need", said(one.is_required ? "need.required" : "need.optional", ""));
    return item;
  }

  // "180 days", or what the class says.
  std::string length(const std::string& id) const {
    const auto* kept = facts_.retention_class(id);
    if (kept == nullptr) return id;
    if (kept->days == 0) return said("until." + id, kept->until);
    auto text = said("days", "{count} days");
    const auto at = text.find("{count}");
    return at == std::string::npos ? text : text.replace(at, 7, std::to_string(kept->days));
  }

  Data retention() const {
    Data list = Data::type::list;
    for (const auto& one : facts_.retention) {
      const bool is_about_people = std::ranges::any_of(facts_.categories, [&](const auto& c) {
        return std::ranges::find(c.retention, one.id) != c.retention.end();
      });
      if (!is_about_people) continue;
      Data item;
      item.set("text", said("retention." + one.id, one.text));
      list.push_back(item);
    }
    return list;
  }

  Data cookies() const {
    Data list = Data::type::list;
    for (const auto& one : facts_.cookies.cookies) {
      Data item;
      item.set("name", std::string(one.name));
      item.set("why", purpose_title(one.purpose));
      item.set("text", said(fmt::format("cookie.{}.text", one.id), one.text));
      item.set("when", said(fmt::format("cookie.{}.when", one.id), one.set_when));
      auto length_words = said("days", "{count} days");
      const auto at = length_words.find("{count}");
      if (at != std::string::npos) length_words.replace(at, 7, std::to_string(one.lifetime_days));
      item.set("long", one.lifetime_days == 0 ? said("cookie.session", "") : length_words);
      item.set("need", said(one.is_required ? "need.required" : "need.optional", ""));
      list.push_back(item);
    }
    return list;
  }

  void put_recipients(Data& data) const {
    Data carriers = Data::type::list, others = Data::type::list;
    for (const auto& one : facts_.recipients) {
      Data item;
      item.set("name", one.name);
      item.set("task", one.task);
      item.set("country", one.country);
      item.set("safeguard", one.safeguard);
      item.set("outside", !is_in_eea(one.country));
      item.set("what", fmt::format("{}", fmt::join(one.categories, ", ")));
      item.set("why", purpose_title(one.purpose));
      item.set("since", one.since);
      (one.kind == "carrier" ? carriers : others).push_back(item);
    }
    data.set("carriers", carriers);
    data.set("processors", others);
    data.set("carriers?", !carriers.list_value().empty());
    data.set("processors?", !others.list_value().empty());
  }

  void put_optional(Data& data) const {
    const bool is_any =
        !facts_.cookies.vendors.empty() ||
        std::ranges::any_of(facts_.cookies.cookies, [](const auto& c) { return !c.is_required; }) ||
        std::ranges::any_of(facts_.cookies.storage, [](const auto& s) { return !s.is_required; });
    data.set("optional", is_any);
    Data vendors = Data::type::list;
    for (const auto& one : facts_.cookies.vendors) {
      Data item;
      item.set("name", std::string(one.name));
      item.set("policy", std::string(one.policy));
      item.set("country", std::string(one.country));
      item.set("safeguard", std::string(one.safeguard));
      item.set("text", std::string(one.text));
      vendors.push_back(item);
    }
    data.set("vendors", vendors);
    Data storage = Data::type::list;
    for (const auto& one : facts_.cookies.storage) {
      Data item;
      item.set("name", std::string(one.name));
      item.set("kind", said(fmt::format("storage.{}", one.kind), one.kind));
      item.set("text", said(fmt::format("storage.{}.text", one.name), one.text));
      storage.push_back(item);
    }
    data.set("storage", storage);
    data.set("storage?", !facts_.cookies.storage.empty());
  }

  std::string_view language_;
  const Facts& facts_;
};

}  // namespace

bool is_document(std::string_view id) {
  return std::ranges::find(kDocuments, id) != kDocuments.end();
}

std::vector<std::string> languages() {
  std::vector<std::string> found{"en"};
  constexpr std::string_view kBegin = "policy/policy.", kEnd = ".md";
  for (const auto& file : data_files()) {
    if (!file.name.starts_with(kBegin) || !file.name.ends_with(kEnd)) continue;
    const auto code =
        file.name.substr(kBegin.size(), file.name.size() - kBegin.size() - kEnd.size());
    if (code != "en") found.emplace_back(code);
  }
  return found;
}

std::string nearest_language(std::string_view code) {
  const auto all = languages();
  for (const auto wanted : {code, code.substr(0, code.find('-'))}) {
    if (const auto found = std::ranges::find(all, wanted); found != all.end()) return *found;
  }
  return "en";
}

std::optional<Dates> Dates::of(base::Instant posted, base::Instant effective) {
  if (effective < posted) return std::nullopt;
  return Dates(posted, effective);
}

std::string render(std::string_view document, std::string_view language, const Facts& facts,
                   const std::optional<Edition>& edition) {
  auto text = data_file(fmt::format("policy/{}.{}.md", document, language));
  if (text.empty()) text = data_file(fmt::format("policy/{}.en.md", document));
  kainjow::mustache::mustache page{std::string(text)};
  if (!page.is_valid())
    throw std::logic_error(
        fmt::format("policy/{}.{}.md: {}", document, language, page.error_message()));
  page.set_custom_escape([](const std::string& value) { return plain(value); });
  return page.render(Values(language, facts).all(edition));
}

}  // namespace policy

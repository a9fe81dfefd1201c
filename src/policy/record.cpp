#include "policy/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "policy/markdown.h"

namespace policy {
namespace {

// What the program does for everybody's data (Art. 32); each is shown by tests (docs/clauses.md).
constexpr std::array<std::string_view, 6> kMeasures = {
    "Personal values are sealed with XChaCha20-Poly1305 under a key of the person concerned; keys "
    "are kept "
    "in a store of their own, wrapped by a master key outside every database.",
    "A value is opened only for a purpose its dictionary entry lists; each operation that opened "
    "something "
    "leaves a row in the access ledger.",
    "Erasure destroys the person's key, so that backups cannot be read either.",
    "What is known about recipients of parcels goes after 180 days at most.",
    "Passwords are kept as Argon2id hashes; passkeys and one-time codes are offered; sessions are "
    "listed and "
    "can be ended.",
    "Pages load nothing from third parties; cookies can be set only from a register."};

bool serves(const Category& category, const std::string& purpose) {
  return std::ranges::find(category.purposes, purpose) != category.purposes.end();
}

void write_list(base::JsonWriter& json, std::string_view key,
                const std::vector<std::string>& list) {
  json.key(key).begin_array();
  for (const auto& one : list) json.value(one);
  json.end_array();
}

void write_controller(base::JsonWriter& json, const Operator& who) {
  json.key("controller").begin_object();
  json.key("name").value_or_null(who.name);
  json.key("address").value_or_null(who.address);
  json.key("country").value_or_null(who.country);
  json.key("contact").value_or_null(who.contact);
  json.key("privacy_contact")
      .value_or_null(who.privacy_contact.empty() ? who.contact : who.privacy_contact);
  json.key("data_protection_officer").value_or_null(who.officer);
  json.key("representative").value_or_null(who.representative);
  json.end_object();
}

void write_purposes(base::JsonWriter& json, const Facts& facts) {
  json.key("purposes").begin_array();
  for (const auto& purpose : facts.purposes) {
    json.begin_object();
    json.key("id").value(purpose.id);
    json.key("title").value(purpose.title);
    json.key("text").value(purpose.text);
    json.key("basis").value(purpose.basis);
    json.key("data").begin_array();
    for (const auto& category : facts.categories) {
      if (!serves(category, purpose.id)) continue;
      json.begin_object();
      json.key("subject").value(category.subject);
      json.key("category").value(category.category);
      json.key("required").value(category.is_required);
      write_list(json, "columns", category.columns);
      write_list(json, "retention", category.retention);
      write_list(json, "form", category.forms);
      json.end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
}

void write_recipients(base::JsonWriter& json, const Facts& facts) {
  json.key("recipients").begin_array();
  for (const auto& one : facts.recipients) {
    json.begin_object();
    json.key("name").value(one.name);
    json.key("kind").value(one.kind);
    json.key("task").value(one.task);
    json.key("country").value_or_null(one.country);
    json.key("outside_eea").value(!is_in_eea(one.country));
    json.key("safeguard").value_or_null(one.safeguard);
    json.key("purpose").value(one.purpose);
    write_list(json, "categories", one.categories);
    json.end_object();
  }
  json.end_array();
}

std::string or_dash(const std::string& value) {
  return value.empty() ? "\xE2\x80\x93" : plain(value);
}

std::string controller_lines(const Operator& who) {
  return fmt::format(
      "| | |\n|---|---|\n| Controller | {} |\n| Address | {} |\n| Contact | {} |\n| Requests about "
      "data | {} "
      "|\n| Data protection officer | {} |\n| Representative in the EEA | {} |\n\n",
      or_dash(who.name), or_dash(who.address), or_dash(who.contact),
      or_dash(who.privacy_contact.empty() ? who.contact : who.privacy_contact),
      or_dash(who.officer), or_dash(who.representative));
}

std::string recipient_lines(const Facts& facts) {
  if (facts.recipients.empty()) return "Nobody: no carrier and no processor is set up.\n\n";
  std::string out =
      "| Name | What for | What they get | Country | Safeguard |\n|---|---|---|---|---|\n";
  for (const auto& one : facts.recipients) {
    out +=
        fmt::format("| {} | {} | {} | {}{} | {} |\n", plain(one.name), plain(one.task),
                    plain(fmt::format("{}", fmt::join(one.categories, ", "))), or_dash(one.country),
                    is_in_eea(one.country) ? "" : " (outside the EEA)", or_dash(one.safeguard));
  }
  return out + "\n";
}

}  // namespace

std::string record_json(const Facts& facts, std::string_view made_at) {
  base::JsonWriter json;
  json.begin_object();
  json.key("made_at").value(made_at);
  write_controller(json, facts.who);
  write_purposes(json, facts);
  json.key("retention").begin_array();
  for (const auto& one : facts.retention) {
    json.begin_object();
    json.key("id").value(one.id);
    json.key("days").value(one.days);
    json.key("until").value_or_null(one.until);
    json.key("text").value(one.text);
    json.end_object();
  }
  json.end_array();
  write_recipients(json, facts);
  json.key("cookies").begin_array();
  for (const auto& one : facts.cookies.cookies) {
    json.begin_object();
    json.key("name").value(one.name);
    json.key("purpose").value(one.purpose);
    json.key("lifetime_days").value(one.lifetime_days);
    json.key("required").value(one.is_required);
    json.end_object();
  }
  json.end_array();
  json.key("security").begin_array();
  for (const auto measure : kMeasures) json.value(measure);
  json.end_array().end_object();
  return std::move(json).text();
}

std::string record_markdown(const Facts& facts, std::string_view made_at) {
  auto out = fmt::format(
      "# Record of processing activities\n\nMade by the program itself on {}, from the data it "
      "keeps "
      "(GDPR Art. 30).\n\n{}",
      made_at, controller_lines(facts.who));
  for (const auto& purpose : facts.purposes) {
    out += fmt::format(
        "## {} {{#purpose-{}}}\n\n{} Legal ground: {}.\n\n| Whose | What | Kept | In the store "
        "|\n|---|---|---|---|\n",
        plain(purpose.title), purpose.id, plain(purpose.text), purpose.basis);
    for (const auto& one : facts.categories) {
      if (!serves(one, purpose.id)) continue;
      out += fmt::format("| {} | {} | {} | {} |\n", one.subject, plain(one.category),
                         fmt::join(one.retention, ", "), fmt::join(one.forms, ", "));
    }
    out += "\n";
  }
  out += "## Recipients\n\n" + recipient_lines(facts) + "## How long\n\n";
  for (const auto& one : facts.retention)
    out += fmt::format("- **{}**: {}\n", one.id, plain(one.text));
  out += "\n## Security\n\n";
  for (const auto measure : kMeasures) out += fmt::format("- {}\n", measure);
  return out;
}

std::string assessment_markdown(const Facts& facts, std::string_view made_at) {
  auto out = fmt::format(
      "# Data protection impact assessment: draft\n\nMade on {} from what the program does (GDPR "
      "Art. 35). The questions in "
      "bold are for people: a draft with open questions is not an assessment.\n\n{}## What is "
      "processed, and why\n\n",
      made_at, controller_lines(facts.who));
  for (const auto& purpose : facts.purposes) {
    const auto kinds = std::ranges::count_if(facts.categories,
                                             [&](const auto& c) { return serves(c, purpose.id); });
    out += fmt::format("- {} ({}): {} kinds of data. {}\n", plain(purpose.title), purpose.basis,
                       kinds, plain(purpose.text));
  }
  out +=
      "\n**How many people are concerned, and in which countries?**\n\n**Could the same be reached "
      "with less?**\n\n"
      "## Who gets to know\n\n" +
      recipient_lines(facts);
  out +=
      "**Is each of them needed, and is its safeguard still valid?**\n\n## What could go wrong, "
      "and what stands against it\n\n"
      "| Risk to people | What the program does | Left for you |\n|---|---|---|\n"
      "| The database is copied | Values are sealed under keys kept apart; references and times "
      "are not | Keep the key store's backups apart |\n"
      "| Somebody counts through numbers to find parcels | Tracking pages have addresses nobody "
      "can guess; failures are slowed down | Watch the abuse alarms |\n"
      "| A carrier learns where somebody lives | A connector gets only the fields it declares; "
      "each call is noted | Decide which carriers to set up |\n"
      "| A member of staff looks without need | Roles, a purpose for each reading, a ledger | Give "
      "the smallest role |\n"
      "| Data is kept too long | Everything about recipients goes after 180 days, by destroying "
      "keys | Holds: owner and end date |\n"
      "| A request is forgotten | Cases with deadlines that count by themselves | Answer them |\n\n"
      "**Which risks are left, and who accepts them?**\n\n**Was the data protection officer asked, "
      "and what did they say?**\n\n"
      "## Measures\n\n";
  for (const auto measure : kMeasures) out += fmt::format("- {}\n", measure);
  return out;
}

}  // namespace policy

#include "pages/rights_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/time.h"
#include "pages/layout.h"
#include "pages/template.h"

namespace embedded {
std::string_view rights_template();
}

namespace pages {
namespace {

std::string text(std::string_view view) { return std::string(view); }

void put_top(Data& page, const Words& words, std::string_view title, std::string_view lead) {
  put_frame(page, Frame{words, std::string(words.language())});
  page.set("headline", text(words.get(title)));
  page.set("lead", text(words.get(lead)));
  page.set("w_skip", text(words.get("rights.skip")));
  page.set("w_kicker", text(words.get("rights.kicker")));
}

void put_words(Data& page, const Words& words,
               std::initializer_list<std::pair<const char*, const char*>> keys) {
  for (const auto& [name, key] : keys)
    page.set(name, text(words.get(std::string("rights.") + key)));
}

void put_notice(Data& page, const Words& words, const std::optional<RightsNotice>& notice) {
  if (!notice || !words.has(notice->key)) return;
  page.set("notice", text(words.get(notice->key)));
  page.set("notice_tone", text(notice->is_good ? "good" : "calm"));
}

void put_start(Data& page, const Words& words, std::string_view about) {
  page.set("start", true);
  if (!about.empty()) page.set("about", text(about));
  put_words(page, words,
            {{"w_ask_title", "ask.title"},
             {"w_address", "ask.address"},
             {"w_address_why", "ask.why"},
             {"w_send", "ask.send"},
             {"w_can_title", "can.title"},
             {"w_free", "free"},
             {"w_child", "child"}});
  Data promises = Data::type::list;
  for (const char* key : {"can.see", "can.take", "can.correct", "can.pause", "can.erase"}) {
    Data one;
    one.set("what", text(words.get(fmt::format("rights.{}", key))));
    one.set("how", text(words.get(fmt::format("rights.{}.how", key))));
    promises.push_back(one);
  }
  page.set("promises", promises);
}

// The columns that are worth a person's first look, in this order; the files have all.
constexpr std::string_view kFirst[] = {"customer_name",      "customer_email", "customer_sms",
                                       "recipient_postcode", "title",          "order_number",
                                       "order_id",           "note",           "journey"};

const rights::ReportValue* value_named(const rights::ReportRow& row, std::string_view column) {
  const auto found = std::ranges::find(row.values, column, &rights::ReportValue::column);
  return found == row.values.end() || found->value.empty() ? nullptr : &*found;
}

std::string told_about(const rights::Report& report, const std::string& shipment,
                       const Words& words) {
  std::string names;
  for (const auto& one : report.recipients) {
    if (one.shipment == shipment) names += (names.empty() ? "" : ", ") + one.name;
  }
  return names.empty() ? names : words.get("rights.held.told", {{"names", names}});
}

Data parcel_of(const rights::Report& report, const rights::ReportRow& row, const Words& words) {
  Data parcel;
  const auto* number = value_named(row, "tracking_number");
  const auto* carrier = value_named(row, "courier_code");
  parcel.set("number", number != nullptr ? number->value : std::string());
  parcel.set("carrier", carrier != nullptr ? carrier->value : std::string());
  Data values = Data::type::list;
  for (const auto column : kFirst) {
    const auto* value = value_named(row, column);
    if (value == nullptr) continue;
    Data one;
    one.set("label", text(words.get(fmt::format("rights.value.{}", column))));
    one.set("value", value->value);
    if (!value->origin.empty())
      one.set("origin", text(words.get("rights.origin." + value->origin)));
    values.push_back(one);
  }
  parcel.set("values", values);
  const auto told = told_about(report, row.shipment, words);
  parcel.set("told?", !told.empty());
  parcel.set("told", told);
  const auto* expires = value_named(row, "expires_at");
  parcel.set("kept_until", expires == nullptr
                               ? std::string()
                               : words.get("rights.held.until",
                                           {{"day", words.day(expires->value.substr(0, 10))}}));
  return parcel;
}

// "1 parcel", "3 parcels". French counts none as one; it is never asked for none.
std::string counted(const Words& words, std::string_view what, std::int64_t count) {
  if (count == 1) return text(words.get(fmt::format("rights.count.{}.one", what)));
  return words.get(fmt::format("rights.count.{}.many", what), {{"n", std::to_string(count)}});
}

std::string shop_name(const RightsPage& page, std::int64_t account) {
  const auto given = page.shop ? page.shop(account) : std::string();
  return given.empty() ? fmt::format("#{}", account) : given;
}

void put_parcels(Data& data, const RightsPage& page, const Words& words) {
  std::map<std::int64_t, Data> by_shop;
  Data choices = Data::type::list;
  for (const auto& row : page.report.rows) {
    if (row.table != "shipments") continue;
    auto& list = by_shop.try_emplace(row.account_id, Data::type::list).first->second;
    list.push_back(parcel_of(page.report, row, words));
    const auto* number = value_named(row, "tracking_number");
    Data choice;
    choice.set("id", fmt::format("{}.{}", row.account_id, row.shipment));
    choice.set("number", number != nullptr ? number->value : std::string());
    choice.set("shop", shop_name(page, row.account_id));
    choices.push_back(choice);
  }
  Data shops = Data::type::list;
  for (auto& [account, parcels] : by_shop) {
    Data shop;
    shop.set("shop", shop_name(page, account));
    shop.set("parcels", parcels);
    shops.push_back(shop);
  }
  data.set("shops", shops);
  data.set("parcels?", page.report.shipments > 0);
  data.set("choices", choices);
  data.set("held", page.report.shipments == 0
                       ? text(words.get("rights.held.none"))
                       : words.get("rights.held.some",
                                   {{"parcels", counted(words, "parcels", page.report.shipments)},
                                    {"shops", counted(words, "shops", std::ssize(by_shop))},
                                    {"values", counted(words, "values", page.report.values)}}));
}

void put_choices(Data& data, const Words& words) {
  const auto add = [&](const char* list_name, std::string_view prefix,
                       std::initializer_list<std::string_view> ids) {
    Data list = Data::type::list;
    for (const auto id : ids) {
      Data one;
      one.set("id", text(id));
      one.set("name", text(words.get(fmt::format("rights.{}.{}", prefix, id))));
      list.push_back(one);
    }
    data.set(list_name, list);
  };
  add("fields", "field", {"customer_name", "customer_sms", "recipient_postcode"});
  add("kinds", "kind",
      {"complaint", "human-review", "rectification", "withdrawal", "portability", "safeguards"});
}

void put_cases(Data& data, const RightsPage& page, const Words& words) {
  Data cases = Data::type::list;
  for (const auto& one : page.cases) {
    Data item;
    item.set("kind", text(words.get(fmt::format("rights.kind.{}", name(one.kind)))));
    item.set("number", one.number());
    item.set("state", one.is_open() ? words.get("rights.case.open",
                                                {{"day", words.day(rights::to_text(one.due))}})
                                    : text(words.get("rights.case.closed")));
    cases.push_back(item);
  }
  data.set("cases?", !page.cases.empty());
  data.set("cases", cases);
}

std::string message(const Words& words, std::string_view title, std::string_view lead) {
  Data page;
  put_top(page, words, title, lead);
  return render(embedded::rights_template(), page);
}

}  // namespace

std::string render_rights_start(const Words& words, std::string_view about,
                                const std::optional<RightsNotice>& notice) {
  Data page;
  put_top(page, words, "rights.start.title", "rights.start.lead");
  put_notice(page, words, notice);
  put_start(page, words, about);
  return render(embedded::rights_template(), page);
}

std::string render_rights_sent(const Words& words) {
  return message(words, "rights.sent.title", "rights.sent.lead");
}

std::string render_rights_left(const Words& words) {
  return message(words, "rights.left.title", "rights.left.lead");
}

std::string render_rights_confirm(const Words& words) {
  Data page;
  put_top(page, words, "rights.confirm.title", "rights.confirm.lead");
  page.set("confirm", true);
  put_words(page, words, {{"w_open", "confirm.open"}, {"w_confirm_why", "confirm.why"}});
  return render(embedded::rights_template(), page);
}

std::string render_rights_gone(const Words& words) {
  Data page;
  put_top(page, words, "rights.gone.title", "rights.gone.lead");
  put_start(page, words, {});
  return render(embedded::rights_template(), page);
}

std::string render_rights_mine(const RightsPage& page, const Words& words) {
  Data data;
  put_top(data, words, "rights.mine.title", "rights.mine.lead");
  data.set("lead", words.get("rights.mine.lead", {{"address", page.report.address}}));
  data.set("mine", true);
  data.set("path", page.path);
  put_notice(data, words, page.notice);
  put_words(data, words,
            {{"w_held_title", "held.title"},
             {"w_json", "take.json"},
             {"w_csv", "take.csv"},
             {"w_portable", "take.portable"},
             {"w_all", "held.all"},
             {"w_correct_title", "correct.title"},
             {"w_correct_text", "correct.text"},
             {"w_parcel", "correct.parcel"},
             {"w_field", "correct.field"},
             {"w_value", "correct.value"},
             {"w_correct", "correct.do"},
             {"w_pause_title", "pause.title"},
             {"w_object_text", "object.text"},
             {"w_object", "object.do"},
             {"w_restrict_text", "restrict.text"},
             {"w_restrict", "restrict.do"},
             {"w_lift_text", "lift.text"},
             {"w_lift", "lift.do"},
             {"w_withdraw_text", "withdraw.text"},
             {"w_withdraw", "withdraw.do"},
             {"w_move_title", "move.title"},
             {"w_move_text", "move.text"},
             {"w_invitation", "move.invitation"},
             {"w_move_why", "move.why"},
             {"w_move", "move.do"},
             {"w_write_title", "write.title"},
             {"w_write_text", "write.text"},
             {"w_kind", "write.kind"},
             {"w_words", "write.words"},
             {"w_write", "write.do"},
             {"w_erase_title", "erase.title"},
             {"w_erase_text", "erase.text"},
             {"w_sure", "erase.sure"},
             {"w_erase", "erase.do"},
             {"w_cases_title", "cases.title"},
             {"w_leave", "leave"}});
  data.set("restricted?", page.is_restricted);
  data.set("move?", page.may_move && page.report.shipments > 0);
  put_parcels(data, page, words);
  put_choices(data, words);
  put_cases(data, page, words);
  if (page.authority != nullptr)
    data.set("authority", words.get("rights.authority", {{"name", page.authority->name},
                                                         {"website", page.authority->website}}));
  return render(embedded::rights_template(), data);
}

std::string render_rights_moved(const rights::Receipt& receipt, std::string_view path,
                                const Words& words) {
  Data page;
  put_top(page, words, "rights.moved.title", "rights.moved.lead");
  page.set("receipt", receipt.token);
  page.set("path", text(path));
  page.set("moved",
           words.get("rights.moved.new", {{"parcels", counted(words, "parcels", receipt.stored)}}));
  put_words(page, words,
            {{"w_receipt_title", "moved.receipt"},
             {"w_receipt_text", "moved.text"},
             {"w_back", "moved.back"}});
  return render(embedded::rights_template(), page);
}

std::string render_rights_erased(std::string_view certificate, const Words& words) {
  Data page;
  put_top(page, words, "rights.erased.title", "rights.erased.lead");
  page.set("certificate", text(certificate));
  put_words(page, words, {{"w_proof_title", "proof.title"}, {"w_proof_text", "proof.text"}});
  return render(embedded::rights_template(), page);
}

}  // namespace pages

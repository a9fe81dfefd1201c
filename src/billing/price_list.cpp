#include "billing/price_list.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "base/text.h"

namespace billing {
namespace {

constexpr std::int64_t kMostPrice = 100'000'000;  // so that no product of price and time overflows
constexpr int kMostPeriods = 120;

struct Reading {
  std::vector<std::string>& mistakes;
  std::string where;

  void fault(std::string_view what) const {
    mistakes.push_back(fmt::format("{}: {}", where, what));
  }
  std::string text(const toml::table& entry, std::string_view key) const {
    return entry[key].value_or(std::string());
  }
};

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 40 && std::ranges::all_of(text, [](char c) {
    return base::is_letter(c) || base::is_digit(c) || c == '-';
  });
}

// Only with an offset: a time without one is another moment in each reader's town.
std::optional<base::Instant> moment(const toml::table& entry, std::string_view key) {
  const auto* node = entry[key].as_date_time();
  if (node == nullptr || !node->get().offset) return std::nullopt;
  const auto& t = node->get();
  using namespace std::chrono;
  const year_month_day day{year(t.date.year), month(t.date.month), std::chrono::day(t.date.day)};
  if (!day.ok()) return std::nullopt;
  const auto local = sys_days(day) + hours(t.time.hour) + minutes(t.time.minute) +
                     seconds(t.time.second) + microseconds(t.time.nanosecond / 1000);
  return base::Instant(duration_cast<microseconds>(local.time_since_epoch())) -
         minutes(t.offset->minutes);
}

std::optional<std::int64_t> price(const Reading& reading, const toml::table& entry,
                                  std::string_view key, const Currency& currency) {
  const auto money = parse_decimal(reading.text(entry, key), currency);
  if (!money || money->minor < 0 || money->minor > kMostPrice) {
    reading.fault(fmt::format("{} is no price, such as \"19.00\"", key));
    return std::nullopt;
  }
  return money->minor;
}

Tariff read_tariff(Reading reading, const toml::table& entry, const Currency& currency) {
  Tariff tariff;
  tariff.id = reading.text(entry, "id");
  reading.where += fmt::format(": tariff \"{}\"", tariff.id);
  if (!is_id(tariff.id)) reading.fault("id needs letters, digits and hyphens");
  tariff.title = entry["title"].value_or(tariff.id);
  tariff.monthly = price(reading, entry, "monthly", currency).value_or(0);
  tariff.annual = price(reading, entry, "annual", currency).value_or(0);
  return tariff;
}

Offer read_offer(Reading reading, const toml::table& entry) {
  Offer offer;
  offer.id = reading.text(entry, "id");
  reading.where += fmt::format(": offer \"{}\"", offer.id);
  if (!is_id(offer.id)) reading.fault("id needs letters, digits and hyphens");
  offer.title = entry["title"].value_or(offer.id);
  const auto starts = moment(entry, "starts"), ends = moment(entry, "ends");
  if (!starts || !ends) {
    reading.fault("starts and ends need date, time and offset, such as 2026-11-27T00:00:00+01:00");
  } else if (*starts >= *ends) {
    reading.fault("ends before it starts");
  }
  offer.starts = starts.value_or(base::Instant());
  offer.ends = ends.value_or(base::Instant());
  if (const auto* list = entry["tariffs"].as_array())
    for (const auto& one : *list) offer.tariffs.push_back(one.value_or(std::string()));
  const auto cycle = cycle_named(reading.text(entry, "cycle"));
  if (!cycle) reading.fault("cycle is \"monthly\" or \"annual\"");
  offer.cycle = cycle.value_or(Cycle::Monthly);
  offer.percent_off = static_cast<int>(entry["percent_off"].value_or(std::int64_t{0}));
  if (offer.percent_off < 1 || offer.percent_off > 100) reading.fault("percent_off is 1 to 100");
  offer.periods = static_cast<int>(entry["periods"].value_or(std::int64_t{0}));
  if (offer.periods < 1 || offer.periods > kMostPeriods) reading.fault("periods is 1 to 120");
  return offer;
}

// A file that toml++ does not take, as one of the mistakes.
std::optional<toml::table> parsed(std::string_view text, Reading& reading) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    reading.fault(fmt::format("line {}: {}", error.source().begin.line, error.description()));
    return std::nullopt;
  }
}

}  // namespace

std::string_view word(Cycle cycle) { return cycle == Cycle::Monthly ? "monthly" : "annual"; }

std::optional<Cycle> cycle_named(std::string_view text) {
  for (const auto cycle : {Cycle::Monthly, Cycle::Annual})
    if (word(cycle) == text) return cycle;
  return std::nullopt;
}

bool Offer::is_for(std::string_view tariff, Cycle on) const {
  return on == cycle && (tariffs.empty() || std::ranges::find(tariffs, tariff) != tariffs.end());
}

PriceList::Read PriceList::read(std::string_view toml, std::string_view file) {
  Read read;
  Reading reading{read.mistakes, std::string(file)};
  const auto table = parsed(toml, reading);
  if (!table) return read;
  const auto currency = Currency::parse((*table)["currency"].value_or(std::string()));
  if (!currency) {
    reading.fault("currency is three letters, such as \"EUR\"");
    return read;
  }
  PriceList list(*currency);
  if (const auto* all = (*table)["tariff"].as_array())
    for (const auto& one : *all)
      if (const auto* entry = one.as_table())
        list.tariffs_.push_back(read_tariff(reading, *entry, *currency));
  if (const auto* all = (*table)["offer"].as_array())
    for (const auto& one : *all)
      if (const auto* entry = one.as_table()) list.offers_.push_back(read_offer(reading, *entry));
  if (list.tariffs_.empty()) reading.fault("there is no [[tariff]]");
  for (const auto& offer : list.offers_)
    for (const auto& id : offer.tariffs)
      if (list.find(id) == nullptr)
        reading.fault(
            fmt::format("offer \"{}\" is for a tariff \"{}\" that is not there", offer.id, id));
  if (read.mistakes.empty()) read.list = std::move(list);
  return read;
}

const Tariff* PriceList::find(std::string_view id) const {
  const auto found = std::ranges::find(tariffs_, id, &Tariff::id);
  return found == tariffs_.end() ? nullptr : &*found;
}

std::vector<Offer> PriceList::running(base::Instant now) const {
  std::vector<Offer> all;
  std::ranges::copy_if(offers_, std::back_inserter(all),
                       [&](const Offer& offer) { return offer.starts <= now && now < offer.ends; });
  return all;
}

std::optional<Offer> PriceList::best(std::string_view tariff, Cycle cycle,
                                     base::Instant now) const {
  std::optional<Offer> best;
  for (auto& offer : running(now))
    if (offer.is_for(tariff, cycle) && (!best || offer.percent_off > best->percent_off))
      best = std::move(offer);
  return best;
}

}  // namespace billing

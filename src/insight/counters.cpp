#include "insight/counters.h"

#include <algorithm>
#include <cstring>

#include "base/random.h"
#include "base/text.h"
#include "crypto/hash.h"

namespace insight {
namespace {

constexpr std::int64_t kInstance = 0;

std::int64_t day_of(base::Instant at) {
  return std::chrono::floor<std::chrono::days>(at).time_since_epoch().count();
}

std::string host_in(std::string_view address) {
  const auto scheme = address.find("://");
  if (scheme == std::string_view::npos) return {};
  address.remove_prefix(scheme + 3);
  return base::lower(address.substr(0, address.find_first_of("/?#")));
}

bool is_below(std::string_view host, std::string_view name) {
  return host == name || (host.size() > name.size() && host.ends_with(name) &&
                          host[host.size() - name.size() - 1] == '.');
}

// "google." is Google in any country.
bool is_one_of(std::string_view host, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) {
    if (!name.ends_with('.')) return is_below(host, name);
    return host.starts_with(name) || host.find("." + std::string(name)) != std::string_view::npos;
  });
}

}  // namespace

std::string_view kind_of_referrer(std::string_view referrer, std::string_view host) {
  if (referrer.empty()) return "direct";
  const auto from = host_in(referrer);
  if (from.empty()) return "other";
  if (from == base::lower(host)) return "own";
  if (is_one_of(from, {"mail.google.com", "outlook.live.com", "outlook.office.com",
                       "mail.yahoo.com", "mail.proton.me", "webmail."}))
    return "mail";
  if (is_one_of(from, {"google.", "bing.com", "duckduckgo.com", "ecosia.org", "qwant.com",
                       "startpage.com", "yandex.", "baidu.com", "search.yahoo.com"}))
    return "search";
  if (is_one_of(from, {"facebook.com", "instagram.com", "t.co", "x.com", "twitter.com",
                       "linkedin.com", "reddit.com", "t.me", "wa.me", "whatsapp.com", "tiktok.com",
                       "youtube.com", "pinterest.com"}))
    return "social";
  return "other";
}

bool is_robot(std::string_view user_agent) {
  const auto name = base::lower(user_agent);
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"bot", "crawl", "spider", "preview", "monitor"},
      [&](auto word) { return name.find(word) != std::string::npos; });
}

std::size_t Counters::MarkHash::operator()(const Mark& mark) const {
  std::size_t hash = 0;
  std::memcpy(&hash, mark.data(), sizeof hash);
  return hash;
}

Counters::Counters(store::Database& database, const base::Clock& clock)
    : database_(database), clock_(clock) {
  begin(day_of(clock_.now()));
}

Counters::~Counters() { begin(day_); }

void Counters::begin(std::int64_t day) {
  day_ = day;
  base::fill_random(salt_);  // the old one is overwritten, not only forgotten
  marks_ = {};
}

Counters::Mark Counters::mark_of(std::string_view page, std::string_view visitor) const {
  const std::string_view salt(reinterpret_cast<const char*>(salt_.data()), salt_.size());
  const auto whole = crypto::hmac_sha256(salt, std::string(page) + '\n' + std::string(visitor));
  Mark mark;
  std::memcpy(mark.data(), whole.data(), mark.size());
  return mark;
}

void Counters::saw(const View& view) {
  const std::lock_guard lock(mutex_);
  const auto today = day_of(clock_.now());
  if (today != day_) begin(today);
  ++views_[{today, std::string(view.page), std::string(view.referrer)}];
  if (view.visitor.empty() || marks_.size() >= kMostMarks) return;
  if (marks_.insert(mark_of(view.page, view.visitor)).second)
    ++visitors_[{today, std::string(view.page)}];
}

void Counters::flush() {
  decltype(views_) views;
  decltype(visitors_) visitors;
  {
    const std::lock_guard lock(mutex_);
    const auto today = day_of(clock_.now());
    if (today != day_) begin(today);  // also when nobody comes after midnight
    views.swap(views_);
    visitors.swap(visitors_);
  }
  if (views.empty()) return;
  try {
    database_.write_now([&](store::Tx& tx) {
      for (const auto& [key, count] : views)
        tx.enqueue(
            "INSERT INTO page_views (account_id, day, page, referrer, views) VALUES ($1, $2, $3, "
            "$4, $5) ON CONFLICT (account_id, day, page, referrer) DO UPDATE SET views = "
            "page_views.views + excluded.views",
            kInstance, key.day, key.page, key.referrer, count);
      for (const auto& [key, count] : visitors)
        tx.enqueue(
            "INSERT INTO page_visitors (account_id, day, page, visitors) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (account_id, day, page) DO UPDATE SET visitors = page_visitors.visitors + "
            "excluded.visitors",
            kInstance, key.first, key.second, count);
    });
  } catch (...) {
    const std::lock_guard lock(mutex_);  // counted, not lost: with the next flush
    for (const auto& [key, count] : views) views_[key] += count;
    for (const auto& [key, count] : visitors) visitors_[key] += count;
    throw;
  }
}

std::vector<DayOfPage> Counters::days(store::Tx& tx, base::Instant since) {
  std::map<std::pair<std::int64_t, std::string>, DayOfPage> days;  // by -day
  const auto at = [&](const store::Rows& row) -> DayOfPage& {
    auto& day = days[{-row.integer(0), std::string(row.text(1))}];
    day.day = std::chrono::sys_days(std::chrono::days(row.integer(0)));
    day.page = row.text(1);
    return day;
  };
  auto views = tx.query(
      "SELECT day, page, referrer, views FROM page_views WHERE account_id = $1 AND day >= $2",
      kInstance, day_of(since));
  while (views.next()) {
    auto& day = at(views);
    day.views += views.integer(3);
    day.by_referrer[std::string(views.text(2))] += views.integer(3);
  }
  auto visitors =
      tx.query("SELECT day, page, visitors FROM page_visitors WHERE account_id = $1 AND day >= $2",
               kInstance, day_of(since));
  while (visitors.next()) at(visitors).visitors += visitors.integer(2);
  std::vector<DayOfPage> list;
  for (auto& [key, day] : days) list.push_back(std::move(day));
  return list;
}

}  // namespace insight

#include "app/demo.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "app/terminal.h"
#include "app/welcome.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"
#include "carriers/definition.h"
#include "pages/link.h"

namespace app {
namespace {

namespace sim = carriers::simulator;

constexpr std::string_view kEmail = "demo@example.com";
// One parcel every fifty minutes of the demo's time: two hundred of them are a week's.
constexpr std::chrono::minutes kBetweenParcels{50};
constexpr std::int64_t kBatch = 40;  // what one call of the API takes
// The shop leaves one parcel in twelve for the newcomer to enter.
constexpr std::int64_t kOneSpareIn = 12;
constexpr std::int64_t kSparesAmong = 400;  // how far back one is looked for
constexpr std::chrono::milliseconds kShopPause{300};
constexpr int kGreetWithin = 40;  // pauses

constexpr std::array<std::string_view, 24> kThings{"Two bicycle lamps",
                                                   "Wool blanket, grey",
                                                   "Coffee, 1 kg, medium roast",
                                                   "Running shoes, 42",
                                                   "Desk lamp",
                                                   "Teapot with two cups",
                                                   "Rain jacket, M",
                                                   "Chess set",
                                                   "Cast-iron pan",
                                                   "Headphones",
                                                   "Field notebook, 3x",
                                                   "Linen shirt, L",
                                                   "Seed collection",
                                                   "Watercolour box",
                                                   "Wooden train set",
                                                   "Backpack, 25 l",
                                                   "Bread knife",
                                                   "Hiking socks, 4 pairs",
                                                   "Board game",
                                                   "Olive oil, 5 l",
                                                   "Phone case",
                                                   "Guitar strings",
                                                   "Reading glasses +1.5",
                                                   "Swimming goggles"};
constexpr std::array<std::string_view, 12> kPeople{
    "Ada Example",  "Bram Voorbeeld", "Clara Muster",    "Dario Esempio",
    "Elin Exempel", "Felix Beispiel", "Greta Modell",    "Hugo Exemple",
    "Ines Ejemplo", "Jonas Mønster",  "Kaisa Esimerkki", "Lena Przyklad"};

std::string read_line(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

// In one step, readable by its owner alone.
void keep(const std::string& path, std::string_view text) {
  const auto fresh = path + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return;
  const bool is_written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(file);
  if (is_written) std::rename(fresh.c_str(), path.c_str());
}

// "bram.voorbeeld@example.com"
std::string email_of(std::string_view person) {
  std::string address;
  for (const char c : person) {
    if (c == ' ') {
      address += '.';
    } else if (base::is_letter(c)) {
      address += base::to_lower(c);
    }
  }
  return address + "@example.com";
}

// What most people there read; a real shop knows it of its buyers.
std::string_view language_of(std::string_view country) {
  constexpr std::pair<std::string_view, std::string_view> kLanguages[] = {
      {"NL", "nl"}, {"BE", "nl"}, {"DE", "de"}, {"AT", "de"}, {"CH", "de"}, {"FR", "fr"},
      {"ES", "es"}, {"IT", "it"}, {"PT", "pt"}, {"PL", "pl"}, {"SE", "sv"}, {"DK", "da"},
      {"NO", "nb"}, {"FI", "fi"}, {"CZ", "cs"}, {"JP", "ja"}, {"KR", "ko"}, {"CN", "zh-Hans"}};
  for (const auto& [where, language] : kLanguages) {
    if (where == country) return language;
  }
  return "en";
}

std::string parcel_json(const sim::Parcel& parcel) {
  sim::Dice dice(static_cast<std::uint64_t>(parcel.index) + 99);
  base::JsonWriter json(512);
  json.begin_object();
  json.key("tracking_number").value(parcel.number);
  json.key("courier_code").value(parcel.courier);
  json.key("title").value(kThings[dice.below(kThings.size())]);
  const auto person = kPeople[dice.below(kPeople.size())];
  const auto country = parcel.plan.destination->country;
  json.key("customer_name").value(person);
  json.key("customer_email").value(email_of(person));
  json.key("language").value(language_of(country));
  json.key("order_number").value(fmt::format("D-{}", 10'000 + parcel.index));
  json.key("destination_country").value(parcel.plan.destination->country);
  json.key("origin_country").value(parcel.plan.origin->country);
  json.key("tracking_postal_code").value(parcel.plan.destination->zip);
  json.end_object();
  return std::move(json).text();
}

// Of a list as the API gives it.
std::optional<base::Id> first_id(std::string_view list) {
  constexpr std::string_view kName = R"("id":")";
  const auto at = list.find(kName);
  if (at == std::string_view::npos) return std::nullopt;
  const auto rest = list.substr(at + kName.size());
  return base::Id::parse(rest.substr(0, rest.find('"')));
}

// What there is to see of a parcel from now on: best is one in the middle of its way that arrives
// in the end; none of one that nobody has scanned yet.
constexpr int kMostInterest = 4;
int interest_of(const sim::Parcel& parcel, base::Instant now) {
  const auto& steps = parcel.plan.steps;
  const auto next = std::ranges::find_if(steps, [&](const auto& s) { return s.visible > now; });
  if (next == steps.begin()) return 0;
  if (next == steps.end()) return 1;
  const bool is_in_the_middle = next - steps.begin() >= 2 && steps.end() - next >= 2;
  return 2 + (is_in_the_middle ? 1 : 0) +
         (steps.back().status == journey::Status::Delivered ? 1 : 0);
}

bool is_spare(std::int64_t index) { return index % kOneSpareIn == 0; }

// The connectors the demo's world is made of: of several for one courier the one that is asked.
std::vector<std::string> simulated(const carriers::Connectors& connectors,
                                   const couriers::Catalogue& catalogue) {
  std::vector<std::string> ids;
  for (const auto& connector : connectors.all()) {
    const auto serving = connectors.serving(connector->courier_code());
    if (catalogue.find(connector->courier_code()) != nullptr && !serving.empty() &&
        serving.front() == connector.get())
      ids.emplace_back(connector->id());
  }
  return ids;
}

}  // namespace

Demo::Demo(const Config& config, int speed, int parcels)
    : folder_(config.data_folder), speed_(speed), parcels_at_first_(parcels) {
  make_data_folder(config);
  load_state();
}

Demo::~Demo() { stop(); }

// "clock epoch entered": microseconds, microseconds, the next parcel.
void Demo::load_state() {
  const auto line = read_line(folder_ + "/demo-state");
  long long clock = 0, epoch = 0, entered = 0;
  const auto now = real_.now();
  if (std::sscanf(line.c_str(), "%lld %lld %lld", &clock, &epoch, &entered) == 3) {
    epoch_ = base::from_micros(epoch);
    entered_until_ = entered;
    clock_ = std::make_unique<base::FastClock>(real_, base::from_micros(clock), speed_);
    return;
  }
  epoch_ = std::chrono::floor<std::chrono::seconds>(now);
  entered_until_ = -parcels_at_first_;
  clock_ = std::make_unique<base::FastClock>(real_, now, speed_);
}

void Demo::save_state() const {
  keep(folder_ + "/demo-state", fmt::format("{} {} {}\n", base::to_micros(clock_->now()),
                                            base::to_micros(epoch_), entered_until_));
}

void Demo::open(Instance& instance, const carriers::Connectors& connectors,
                const couriers::Catalogue& catalogue, const couriers::Detector& detector,
                carriers::AllSettings& settings) {
  const auto key_file = folder_ + "/demo-key", account_file = folder_ + "/demo-account";
  key_ = read_line(key_file);
  account_ = std::atoll(read_line(account_file).c_str());
  if (key_.empty() || account_ == 0) {
    if (account_ == 0) account_ = instance.accounts->create(kEmail, "unlimited").value();
    keep(account_file, fmt::format("{}\n", account_));
    key_ = instance.accounts->create_key(account_, "demo", accounts::kAllScopes, std::nullopt)
               .value()
               .text;
    keep(key_file, key_ + "\n");
  }
  vault_ = instance.vault.get();
  parcels_ = std::make_unique<sim::Parcels>(connectors, catalogue, detector,
                                            simulated(connectors, catalogue),
                                            sim::WorldOptions{1, epoch_, kBetweenParcels});
  simulator_ = std::make_unique<sim::Simulator>(*parcels_, *clock_, sim::Simulator::Options{});
  // No demo asks a real carrier, whatever the configuration says.
  for (const auto& connector : connectors.all()) {
    settings[std::string(connector->id())] = {};
    settings[std::string(connector->id())].is_enabled = false;
  }
  for (const auto& carrier : parcels_->carriers()) {
    auto& one = settings[std::string(carrier.connector->id())];
    one = {};
    one.base = one.token_base = simulator_->base_of(carrier.connector->id());
    for (const auto& secret : carrier.connector->definition().access.secrets)
      one.secrets.values[secret] = "demo";
    one.per_second = 1000;
    one.per_day = 0;
    one.concurrency = 8;
  }
}

void Demo::start(std::uint16_t port) {
  port_ = port;
  client_ = std::make_unique<http::Client>(http::Client::Options{});
  shop_ = std::thread([this] { run_shop(); });
}

void Demo::stop() {
  if (is_stopping_.exchange(true)) return;
  if (client_) client_->stop();
  if (shop_.joinable()) shop_.join();
  if (simulator_) simulator_->stop();
  if (account_ != 0) save_state();
}

std::string Demo::ask_api(std::string_view method, std::string_view path, std::string body) {
  http::Call call;
  call.method = method;
  call.url = fmt::format("http://127.0.0.1:{}{}", port_, path);
  call.headers = {{"Tracking-Api-Key", key_}, {"Content-Type", "application/json"}};
  call.body = std::move(body);
  call.may_be_private = true;
  auto reply = base::sync_wait(client_->call(std::move(call)));
  if (reply && reply->status == 200) return std::move(reply->body);
  if (!is_stopping_)
    base::log(base::Level::Warning, "demo.refused", {{"status", reply ? reply->status : 0}});
  return {};
}

// Enters parcels through the API, as any shop would; those that were there before stay as they are.
bool Demo::enter(std::int64_t from, std::int64_t until) {
  std::string body;
  for (auto index = from; index < until; ++index) {
    if (is_spare(index)) continue;
    body += body.empty() ? '[' : ',';
    body += parcel_json(*parcels_->parcel(index));
  }
  return body.empty() || !ask_api("POST", "/v4/trackings/batch", body + "]").empty();
}

void Demo::run_shop() {
  bool is_greeted = false;
  for (int round = 0; !is_stopping_; ++round) {
    const auto until = parcels_->registered_until(clock_->now());
    while (entered_until_ < until && !is_stopping_) {
      const auto end = std::min(until, entered_until_ + kBatch);
      if (!enter(entered_until_, end)) break;
      entered_until_ = end;
    }
    if (!is_greeted) is_greeted = greet(round >= kGreetWithin);
    // Often, so that a demo that is killed goes on at almost the same moment.
    if (round % 3 == 0) save_state();
    std::this_thread::sleep_for(kShopPause);
  }
}

std::shared_ptr<const sim::Parcel> Demo::find_spare() {
  const auto now = clock_->now();
  const auto until = parcels_->registered_until(now);
  std::shared_ptr<const sim::Parcel> best;
  int most = 0;
  for (auto index = until - 1; index > until - kSparesAmong && !is_stopping_; --index) {
    if (!is_spare(index)) continue;
    auto parcel = parcels_->parcel(index);
    const int interest = interest_of(*parcel, now);
    if (interest <= most || !parcels_->is_detected(*parcel)) continue;
    const auto known =
        ask_api("GET", "/v4/trackings/get?tracking_numbers=" + parcel->number, std::string());
    if (known.find(parcel->number) != std::string::npos) continue;
    best = std::move(parcel);
    most = interest;
    if (most == kMostInterest) break;
  }
  return best;
}

// False when there is nothing to show yet.
bool Demo::greet(bool is_last_chance) {
  const auto moving =
      ask_api("GET", "/v4/trackings/get?delivery_status=transit&items_amount=1", std::string());
  const auto id = first_id(moving);
  if (!id && !is_last_chance) return false;
  Welcome welcome;
  welcome.url = fmt::format("http://localhost:{}", port_);
  if (id) welcome.page = welcome.url + pages::tracking_path(*vault_, {account_, *id});
  welcome.key = key_;
  welcome.folder = folder_;
  welcome.speed = speed_;
  if (const auto spare = find_spare()) {
    welcome.number = spare->number;
    welcome.courier = spare->courier;
  }
  print(welcome_text(welcome));
  std::fflush(stdout);
  return true;
}

}  // namespace app

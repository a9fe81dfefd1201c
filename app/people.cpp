#include "app/people.h"

#include "app/mail.h"
#include "app/messengers.h"
#include "base/log.h"
#include "base/text.h"
#include "channels/email/catcher_page.h"
#include "notify/people/returned.h"
#include "notify/people/timers.h"
#include "outreach/promotions.h"

namespace app {
namespace {

namespace email = channels::email;
using channels::Channel;

constexpr std::chrono::hours kLookEvery{1};
constexpr std::chrono::seconds kLookAtMost{2};
constexpr std::string_view kDemoFrom = "Fjord & Field <parcels@fjord-and-field.example>";

MailSettings settings_of(const Config& config, const email::Catcher* catcher) {
  auto chosen = config;
  if (catcher != nullptr) {
    chosen.mail_relays = catcher->url();
    if (chosen.mail_from.empty()) chosen.mail_from = kDemoFrom;
  }
  std::vector<Mistake> mistakes;
  auto settings = mail_settings(chosen, mistakes);
  for (const auto& mistake : mistakes)
    base::log(base::Level::Error, "mail.mistake", {{"what", describe(mistake)}});
  return settings;
}

MessengerConfig messengers_or_complaints(const Config& config) {
  std::vector<Mistake> mistakes;
  auto chosen = messenger_config(config, mistakes);
  for (const auto& mistake : mistakes)
    base::log(base::Level::Error, "channels.mistake", {{"what", describe(mistake)}});
  return chosen;
}

std::string first_host(const MailSettings& mail) {
  return mail.mailer.relays.empty() ? std::string() : mail.mailer.relays.front().name();
}

std::unique_ptr<email::Catcher> make_catcher(bool is_wanted, const base::Clock& clock) {
  if (!is_wanted) return nullptr;
  email::Catcher::Options options;
  options.clock = &clock;
  return std::make_unique<email::Catcher>(std::move(options));
}

// What the register of processors does not know gets nothing: its relay and its broker are left
// out, and the log says what to write.
MailSettings only_registered(MailSettings mail, const http::EgressGate* gate) {
  if (gate == nullptr) return mail;
  std::erase_if(mail.mailer.relays, [&](const email::Relay& relay) {
    return gate->refusal(relay.server.host).has_value();
  });
  return mail;
}

MessengerConfig only_registered(MessengerConfig chosen, const http::EgressGate* gate) {
  auto& broker = chosen.settings.home_assistant.host;
  if (gate != nullptr && !broker.empty() && gate->refusal(broker)) broker.clear();
  return chosen;
}

http::Client::Options client_options(const Config& config, const http::EgressGate* gate) {
  http::Client::Options options;
  options.own = own_addresses(config);
  options.gate = gate;
  options.proxy = config.outgoing_proxy;
  options.ca_file = config.outgoing_ca_file;
  options.user_agent = "Milepost";
  return options;
}

}  // namespace

People::People(Instance& instance, const Config& config, const couriers::Catalogue& catalogue,
               bool catches_mail, int speed)
    : instance_(instance),
      speed_(speed),
      public_url_(public_url(config)),
      catcher_(make_catcher(catches_mail, instance.clock())),
      mail_(only_registered(settings_of(config, catcher_.get()), instance.egress)),
      parts_(instance, config, catalogue, mail_, catches_mail),
      letters_(*instance.database, *instance.vault, instance.clock()),
      client_(client_options(config, instance.egress)),
      sms_(only_registered(messengers_or_complaints(config), instance.egress)),
      messengers_(std::move(sms_.settings), client_, real_),
      rooms_(parts_.recipients, *instance.ledger, messengers_, instance.clock()),
      page_{*instance.database, *instance.vault, instance.clock(), {}},
      browsers_{*instance.database, *instance.vault, *instance.ledger, parts_.recipients} {
  auto& mail = mail_;
  page_.shop = parts_.tools.voice.sender.name;

  std::vector<Channel> ways;
  notify::people::EmailSender::Options options;
  options.from = mail.from.address;
  options.relay = first_host(mail);
  options.first_pause = std::chrono::seconds(config.notify_retry_seconds) * speed;
  options.verp = return_paths();
  if (!mail.mailer.relays.empty()) ways.push_back(Channel::Email);
  mail.mailer.metrics = &instance.metrics;
  mailer_ = std::make_unique<email::SmtpMailer>(std::move(mail.mailer));
  notify::LetterPost::Options letter_options;
  letter_options.from = mail.from.address;
  letter_options.sender = parts_.tools.voice.sender;
  letter_options.public_url = public_url_;
  post_ = std::make_unique<notify::LetterPost>(letters_, *instance.ledger, *mailer_,
                                               instance.clock(), std::move(letter_options));
  email_ =
      std::make_unique<notify::people::EmailSender>(parts_.tools, *mailer_, std::move(options));
  for (const auto channel : {Channel::Sms, Channel::Push, Channel::Slack, Channel::Discord,
                             Channel::Telegram, Channel::Ntfy, Channel::HomeAssistant}) {
    if (!messengers_.is_set_up(channel)) continue;
    ways.push_back(channel);
    std::optional<notify::people::SmsMeter> meter;
    if (channel == Channel::Sms)
      meter.emplace(sms_.sms_prices,
                    notify::people::SmsCaps{sms_.sms_cap_per_day, sms_.sms_cap_per_month});
    notices_.push_back(std::make_unique<notify::people::NoticeSender>(
        parts_.tools, channel, messengers_, std::move(meter)));
  }
  planner_ = std::make_unique<notify::people::PeoplePlanner>(std::move(ways));
  if (!catches_mail)
    bounces_ = open_bounce_door(config, *instance.vault, instance.metrics,
                                [this](const email::Bounce& bounce) { return hear(bounce); });
}

People::~People() { stop(); }

void People::add_to(notify::Dispatcher& dispatcher) {
  dispatcher.add(*planner_);
  dispatcher.add(Channel::Email, *email_);
  for (auto& sender : notices_) dispatcher.add(sender->channel(), *sender);
}

void People::add_routes(http::Router& router, accounts::RateLimiter& limiter) {
  pages::add_preference_routes(router, page_);
  context_ = std::make_unique<api::own::MessagesContext>(api::own::MessagesContext{
      *instance_.database, *instance_.accounts, limiter, parts_.tools, parts_.wording});
  api::own::add_message_routes(router, *context_);
  rooms_context_ = std::make_unique<api::own::RoomsContext>(
      api::own::RoomsContext{*instance_.database, *instance_.accounts, limiter, rooms_,
                             parts_.tools.voice, instance_.clock()});
  api::own::add_room_routes(router, *rooms_context_);
  if (messengers_.is_set_up(Channel::Sms)) add_sms_routes(router);
  if (messengers_.is_set_up(Channel::Push)) pages::add_push_routes(router, browsers_);
  if (catcher_) email::add_catcher_routes(router, *catcher_);
}

base::Task<void> People::take_sms_answer(const channels::sms::Callback& told) {
  namespace sms = channels::sms;
  if (told.wish == sms::Wish::None) co_return;
  const auto now = instance_.clock().now();
  auto work = [&](store::Tx& tx) {
    const consent::People people(*instance_.vault);
    if (told.wish == sms::Wish::Stop) return notify::people::take_stop(tx, people, told.from, now);
    if (told.wish == sms::Wish::Start) return notify::people::take_start(tx, people, told.from);
    return 0;
  };
  const int accounts = co_await instance_.database->write(work);
  base::log(base::Level::Info, "sms.answer",
            {{"wish", told.wish == sms::Wish::Stop    ? "stop"
                      : told.wish == sms::Wish::Start ? "start"
                                                      : "help"},
             {"accounts", accounts}});
}

base::Task<void> People::take_sms_report(const channels::sms::Callback& told) {
  const auto now = instance_.clock().now();
  auto work = [&](store::Tx& tx) {
    return notify::people::take_report(tx, told.key, *told.outcome, now);
  };
  // Most reports say that it arrived: nobody has to write for that.
  if (told.outcome->kind == channels::Outcome::Kind::Accepted) co_return;
  const auto taken = co_await instance_.database->write(work);
  base::log(
      base::Level::Info, "sms.not_delivered",
      {{"code", told.outcome->code}, {"suppressed", taken == notify::people::Taken::Suppressed}});
}

// What a reader's provider tells us: an answer to a message (STOP, START), or what became of one.
// Only what it has signed counts; what it means is not told to whoever asks.
base::Task<http::Response> People::take_sms_callback(http::Request request) {
  namespace sms = channels::sms;
  const auto& provider = messengers_.sms().provider();
  const auto asked = sms::read_callback_request(request, public_url_);
  if (!provider.is_genuine(asked, real_.now())) co_return http::text(403, "not signed\n");
  const auto told = provider.read(asked);
  if (told && told->is_reply) co_await take_sms_answer(*told);
  if (told && told->outcome) co_await take_sms_report(*told);
  auto taken = http::text(200, "<?xml version=\"1.0\"?><Response/>\n");
  taken.content_type = "text/xml";
  co_return taken;
}

void People::add_sms_routes(http::Router& router) {
  // Vonage asks by GET when it is set up so.
  for (const auto* method : {"GET", "POST"}) {
    router.add(method, kSmsCallbackPath,
               [this](http::Request request) { return take_sms_callback(std::move(request)); });
  }
}

std::optional<email::Verp> People::return_paths() const {
  if (mail_.bounce_domain.empty()) return std::nullopt;
  return app::return_paths(*instance_.vault, mail_.bounce_domain);
}

// A mail that nobody took, or that its reader called spam.
bool People::hear(const email::Bounce& bounce) {
  try {
    const auto now = instance_.clock().now();
    instance_.database->write_now([&](store::Tx& tx) {
      notify::people::take_bounce(tx, bounce.id, bounce.kind, now);
      outreach::take_bounce(tx, bounce.id, bounce.kind, now);
      return 0;
    });
    return true;
  } catch (const std::exception& error) {
    base::log(base::Level::Error, "mail.bounce_not_kept", {{"error", error.what()}});
    return false;
  }
}

void People::start() {
  post_->start();
  clockwork_ = std::jthread([this](const std::stop_token& stop) { look(stop); });
}

void People::stop() {
  if (bounces_) bounces_->stop();
  clockwork_ = {};
  mailer_->stop();
  post_->stop();
  messengers_.stop();
  client_.stop();
  if (catcher_) catcher_->stop();
}

// Once an hour of the store's clock.
void People::look(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  const auto every = std::max<std::chrono::nanoseconds>(kLookEvery / speed_, kLookAtMost);
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    try {
      notify::people::look_by_the_clock(*instance_.database, *planner_, parts_.tools.voice,
                                        instance_.clock().now());
      parts_.recipients.sweep();
    } catch (const std::exception& error) {
      base::log(base::Level::Error, "people.look_failed", {{"error", error.what()}});
    }
    wake.wait_for(lock, stop, every, [] { return false; });
  }
}

}  // namespace app

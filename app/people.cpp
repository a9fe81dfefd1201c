#include "app/people.h"

#include "app/mail.h"
#include "app/messengers.h"
#include "base/log.h"
#include "channels/email/catcher_page.h"
#include "notify/people/timers.h"
#include "pages/link.h"

namespace app {
namespace {

namespace email = channels::email;
using channels::Channel;

constexpr std::chrono::hours kLookEvery{1};
constexpr std::chrono::seconds kLookAtMost{2};
constexpr std::string_view kDemoFrom = "Fjord & Field <parcels@fjord-and-field.example>";

std::string public_url(const Config& config) {
  if (!config.public_url.empty()) return config.public_url;
  const auto address = parse_address(config.listen);
  const bool is_everywhere = !address || address->host.empty() || address->host == "0.0.0.0";
  return fmt::format("http://{}:{}", is_everywhere ? "localhost" : address->host,
                     address ? address->port : 8080);
}

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

notify::people::Voice voice_of(const Config& config, const MailSettings& mail, bool is_demo) {
  notify::people::Voice voice;
  voice.sender.name = !mail.from.name.empty() ? mail.from.name : config.operator_name;
  voice.sender.postal_address = config.operator_address;
  voice.sender.contact = mail.reply_to ? mail.reply_to->address : config.contact;
  if (is_demo && voice.sender.postal_address.empty())
    voice.sender.postal_address = "Oudegracht 12, 3511 AB Utrecht, Netherlands";
  return voice;
}

channels::MessengerSettings messenger_settings(const Config& config) {
  std::vector<Mistake> mistakes;
  auto chosen = messenger_config(config, mistakes);
  for (const auto& mistake : mistakes)
    base::log(base::Level::Error, "channels.mistake", {{"what", describe(mistake)}});
  // Nothing counts yet what SMS cost in a day, so that no cap could hold: `milepost channels test`
  // sends one, parcels do not.
  chosen.settings.sms = {};
  return std::move(chosen.settings);
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

http::Client::Options client_options(const Config& config) {
  http::Client::Options options;
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
      catcher_(make_catcher(catches_mail, instance.clock())),
      recipients_(*instance.database, *instance.vault, instance.clock()),
      tools_{*instance.shipments,
             recipients_,
             *instance.ledger,
             catalogue,
             instance.clock(),
             public_url(config),
             {},
             {}},
      letters_(*instance.database, *instance.vault, instance.clock()),
      client_(client_options(config)),
      messengers_(messenger_settings(config), client_, real_),
      page_{*instance.database, *instance.vault, instance.clock(), {}} {
  auto mail = settings_of(config, catcher_.get());
  tools_.tracking_path = [&vault = *instance.vault](std::int64_t account_id, const base::Id& id) {
    return pages::tracking_path(vault, {account_id, id});
  };
  tools_.voice = voice_of(config, mail, catches_mail);
  page_.shop = tools_.voice.sender.name;

  std::vector<Channel> ways;
  notify::people::EmailSender::Options options;
  options.from = mail.from.address;
  options.relay = first_host(mail);
  options.first_pause = std::chrono::seconds(config.notify_retry_seconds) * speed;
  if (!mail.bounce_domain.empty()) options.verp = return_paths(*instance.vault, mail.bounce_domain);
  if (!mail.mailer.relays.empty()) ways.push_back(Channel::Email);
  mail.mailer.metrics = &instance.metrics;
  mailer_ = std::make_unique<email::SmtpMailer>(std::move(mail.mailer));
  notify::LetterPost::Options letter_options;
  letter_options.from = mail.from.address;
  letter_options.sender = tools_.voice.sender;
  letter_options.privacy_page = public_url(config) + "/privacy";
  post_ = std::make_unique<notify::LetterPost>(letters_, *instance.ledger, *mailer_,
                                               instance.clock(), std::move(letter_options));
  email_ = std::make_unique<notify::people::EmailSender>(tools_, *mailer_, std::move(options));
  for (const auto channel : {Channel::Sms, Channel::Push, Channel::Slack, Channel::Discord,
                             Channel::Telegram, Channel::Ntfy, Channel::HomeAssistant}) {
    if (!messengers_.is_set_up(channel)) continue;
    ways.push_back(channel);
    notices_.push_back(
        std::make_unique<notify::people::NoticeSender>(tools_, channel, messengers_));
  }
  planner_ = std::make_unique<notify::people::PeoplePlanner>(std::move(ways));
}

People::~People() { stop(); }

void People::add_to(notify::Dispatcher& dispatcher) {
  dispatcher.add(*planner_);
  dispatcher.add(Channel::Email, *email_);
  for (auto& sender : notices_) dispatcher.add(sender->channel(), *sender);
}

void People::add_routes(http::Router& router) {
  pages::add_preference_routes(router, page_);
  if (catcher_) email::add_catcher_routes(router, *catcher_);
}

void People::start() {
  post_->start();
  clockwork_ = std::jthread([this](const std::stop_token& stop) { look(stop); });
}

void People::stop() {
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
      notify::people::look_by_the_clock(*instance_.database, *planner_, tools_.voice,
                                        instance_.clock().now());
      recipients_.sweep();
    } catch (const std::exception& error) {
      base::log(base::Level::Error, "people.look_failed", {{"error", error.what()}});
    }
    wake.wait_for(lock, stop, every, [] { return false; });
  }
}

}  // namespace app

// Everything that tells people: recipients, the ways by which they are told, what the clock makes
// news of, the service's own letters, and the readers' own page. Wired once, for serve, onto the
// dispatcher of telling.h.
#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "api/own/messages.h"
#include "api/own/rooms.h"
#include "app/config.h"
#include "app/instance.h"
#include "app/messengers.h"
#include "app/people_parts.h"
#include "channels/email/bounce_door.h"
#include "channels/email/catcher.h"
#include "channels/email/smtp.h"
#include "channels/messengers.h"
#include "http/client.h"
#include "http/router.h"
#include "letters/letters.h"
#include "notify/dispatcher.h"
#include "notify/letter_post.h"
#include "notify/people/email_sender.h"
#include "notify/people/notice_sender.h"
#include "notify/people/planner.h"
#include "pages/preferences_page.h"
#include "pages/push_endpoints.h"

namespace app {

class People {
 public:
  // `catches_mail`: nothing leaves this machine; what would have is shown at /demo/mail.
  // `speed`: how many times as fast as life the store's clock runs.
  People(Instance& instance, const Config& config, const couriers::Catalogue& catalogue,
         bool catches_mail = false, int speed = 1);
  ~People();

  // Before its start. This must outlive the dispatcher's work.
  void add_to(notify::Dispatcher& dispatcher);
  // `limiter` must outlive the server.
  void add_routes(http::Router& router, accounts::RateLimiter& limiter);

  void start();
  // What is under way by mail ends now or comes back later: before the dispatcher stops.
  void stop();

  notify::people::Recipients& recipients() { return parts_.recipients; }
  const notify::people::Rooms& rooms() const { return rooms_; }
  const notify::people::Tools& tools() const { return parts_.tools; }
  const notify::people::Wording& wording() const { return parts_.wording; }
  channels::email::Mailer& mailer() { return *mailer_; }
  // The address that mail comes from.
  const std::string& mail_from() const { return mail_.from.address; }
  // Where mail's reports come back; nothing when they are not received here.
  std::optional<channels::email::Verp> return_paths() const;
  // What browsers subscribe with; empty when push is not set up.
  const std::string& push_key() const { return messengers_.push_key(); }

 private:
  void look(const std::stop_token& stop);
  bool hear(const channels::email::Bounce& bounce);
  void add_sms_routes(http::Router& router);
  base::Task<http::Response> take_sms_callback(http::Request request);
  base::Task<void> take_sms_answer(const channels::sms::Callback& told);
  base::Task<void> take_sms_report(const channels::sms::Callback& told);

  Instance& instance_;
  const int speed_;
  const std::string public_url_;
  std::unique_ptr<channels::email::Catcher> catcher_;
  MailSettings mail_;
  PeopleParts parts_;
  std::unique_ptr<api::own::MessagesContext> context_;
  std::unique_ptr<channels::email::SmtpMailer> mailer_;
  letters::Letters letters_;
  std::unique_ptr<notify::LetterPost> post_;
  http::Client client_;
  base::SystemClock real_;
  MessengerConfig sms_;  // what SMS cost, and their caps
  channels::Messengers messengers_;
  notify::people::Rooms rooms_;
  std::unique_ptr<api::own::RoomsContext> rooms_context_;
  std::unique_ptr<notify::people::EmailSender> email_;
  std::vector<std::unique_ptr<notify::people::NoticeSender>> notices_;
  std::unique_ptr<notify::people::PeoplePlanner> planner_;
  pages::PreferencesContext page_;
  pages::PushContext browsers_;
  std::unique_ptr<channels::email::BounceDoor> bounces_;
  std::jthread clockwork_;
};

}  // namespace app

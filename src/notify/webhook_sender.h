// Makes a webhook's message of a shipment as it is now, signs it, and posts it.
//
// Where the address leads is judged when it is connected to (http/client.h): private, loopback,
// link-local and metadata addresses are refused unless the operator allows them, redirects are not
// followed, and the server's own port is refused always.
#pragma once
#include <functional>

#include "base/json_writer.h"
#include "http/client.h"
#include "notify/webhooks.h"
#include "shipments/repository.h"

namespace notify {

using ControllerAccess = personal::Access<personal::Purpose::ServeController>;

// "subject.rectified", "subject.erased" ...: every webhook of the account gets them, whatever
// statuses it asked for, also when the shipment is gone.
inline constexpr std::string_view kSubjectOccasion = "subject.";

class WebhookSender final : public Sender {
 public:
  struct Parts {
    http::Client& client;
    Webhooks& webhooks;
    shipments::Repository& repository;
    personal::Ledger& ledger;
    const base::Clock& clock;  // the store's
    const base::Clock& real;   // the world's, which receivers compare with; another in a demo only
    // The tracking object in the form of a version: the API's, handed in because it lives above.
    std::function<void(base::JsonWriter&, const shipments::Shipment&, BodyVersion,
                       ControllerAccess&)>
        write_tracking;
    // The holder's address, the key of versions 3 and 2.
    std::function<std::string(store::Tx&, std::int64_t account_id)> email_of;
    // It has been switched off because of what it answers; in the transaction that does so.
    std::function<void(store::Tx&, const Webhook&, base::Instant failing_since)> on_disabled;
    // What became of the person in a shipment (GDPR Art. 19), as JSON, for occasions that begin
    // with kSubjectOccasion; the delivery's receiver names it. Nothing: it is not known any more.
    std::function<std::optional<std::string>(store::Tx&, std::int64_t account_id,
                                             std::string_view receiver)>
        subject_news = {};
  };
  struct Options {
    bool may_be_private = false;
    std::chrono::milliseconds deadline{15'000};
    int at_once = 32;  // to one webhook
    std::chrono::seconds first_pause{30};
    std::uint16_t own_port = 0;  // the server's: on this machine it is never called
  };
  WebhookSender(Parts parts, const Options& options)
      : parts_(std::move(parts)), options_(options) {}

  Manner manner() const override;
  std::vector<Prepared> prepare(store::Tx& tx, std::span<const Delivery> deliveries) override;
  base::Task<channels::Outcome> send(const Delivery& delivery, Message& message) override;
  void settled(store::Tx& tx, const Delivery& delivery, const channels::Outcome& outcome,
               bool is_last) override;

  // A made-up message, signed like any other, outside of the queue.
  struct Tested {
    channels::Outcome outcome;
    std::string id;
    std::chrono::microseconds took{};
  };
  base::Task<Tested> test(Webhook webhook, std::vector<std::string> secrets, std::string email);

 private:
  struct Post;
  std::string body_of(const shipments::Shipment& shipment, const Webhook& webhook,
                      const std::string& email, ControllerAccess& access) const;
  Prepared prepare_one(store::Tx& tx, const Delivery& delivery, const Post& like,
                       const Webhook& webhook, const std::string& email, ControllerAccess& access);
  Prepared prepare_subject(store::Tx& tx, const Delivery& delivery, const Post& like,
                           const Webhook& webhook, ControllerAccess& access);
  base::Task<channels::Outcome> post(const Post& post, std::string id);
  std::int64_t timestamp() const;

  const Parts parts_;
  const Options options_;
};

}  // namespace notify

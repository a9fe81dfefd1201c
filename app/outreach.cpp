#include "app/outreach.h"

#include "consent/instance_key.h"
#include "notify/people/voice.h"

namespace app {
namespace {

// The shop's own name and address, else the operator's.
std::function<messages::Sender(store::Tx&, std::int64_t)> senders(const People& people) {
  return [&people](store::Tx& tx, std::int64_t account_id) {
    return notify::people::voice_of(tx, account_id, people.tools().voice).sender;
  };
}

outreach::PromotionPost::Options post_options(const People& people) {
  outreach::PromotionPost::Options options;
  options.from = people.mail_from();
  options.public_url = people.tools().public_url;
  options.sender = senders(people);
  options.verp = people.return_paths();
  return options;
}

}  // namespace

Outreach::Outreach(Instance& instance, People& people)
    : instance_(instance),
      records_(instance.clock(), consent::signer(consent::instance_key(
                                     *instance.database, *instance.vault, *instance.ledger,
                                     instance.clock(), "receipts"))),
      letters_(*instance.database, *instance.vault, instance.clock()),
      lists_(*instance.vault, *instance.ledger, records_, instance.clock()),
      promotions_(
          {*instance.database, *instance.vault, *instance.ledger, lists_, instance.clock()}),
      joining_({*instance.database, *instance.vault, letters_, records_, instance.clock(),
                people.tools().public_url,
                [name = senders(people)](store::Tx& tx, std::int64_t account_id) {
                  return name(tx, account_id).name;
                }}),
      post_(promotions_, *instance.database, *instance.vault, people.mailer(), instance.clock(),
            post_options(people)),
      readers_{*instance.database, *instance.vault, joining_} {}

}  // namespace app

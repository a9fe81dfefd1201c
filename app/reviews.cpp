#include "app/reviews.h"

namespace app {

Reviewing::Reviewing(Instance& instance, notify::people::Recipients& recipients)
    : reviews_(*instance.vault, instance.clock()),
      claims_(reviews_, *instance.vault, instance.clock()),
      context_{*instance.database,
               *instance.shipments,
               *instance.ledger,
               reviews_,
               claims_,
               recipients,
               *instance.letters,
               instance.desks->throttle,
               later_,
               instance.desks->context.public_url} {}

void Reviewing::sweep(Instance& instance) {
  reviews::Reviews reviews(*instance.vault, instance.clock());
  reviews.sweep(*instance.database);
  reviews::Claims(reviews, *instance.vault, instance.clock()).sweep(*instance.database);
}

}  // namespace app

// What a shop says about whom it tells what: the account's settings, one shipment's, one
// recipient's; and what a message would look like. For the API and the command line, which show
// and read it; functions work in a transaction of the caller's unless they say otherwise.
//
// Addresses are opened for the controller (purpose ServeController), on whose behalf they are kept.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consent/preferences.h"
#include "messages/template.h"
#include "notify/people/sender.h"
#include "personal/access.h"

namespace notify::people {

enum class DeskError : std::uint8_t {
  UnknownShipment,
  UnknownRecipient,
  TooMany,
  NoAddress,
  EmailInvalid,
  PhoneInvalid,
  LanguageUnknown,
  ZoneUnknown,
  TooLong,
  IsCustomer,
};
// One sentence for a person.
std::string_view describe(DeskError error);

// Of an account, or of one recipient.
struct Says {
  consent::Matrix matrix;  // what was said, not what counts
  consent::Manners manners;
};

struct ShownRecipient {
  int number = 0;  // 0: the customer named in the shipment
  std::string role, name, email, phone, language, zone;
  bool has_push = false;  // a browser
  Says says;
};

// What is empty stays as it is.
struct RecipientDraft {
  std::optional<std::string> role, name, email, phone, language, zone;
  std::optional<consent::Matrix> matrix;
  std::optional<consent::Manners> manners;
};

class Desk {
 public:
  explicit Desk(const Tools& tools) : tools_(tools) {}

  static Says settings(store::Tx& tx, std::int64_t account_id);
  void set_settings(store::Tx& tx, std::int64_t account_id, const Says& says) const;
  // Of a shipment; nothing when there is none.
  std::optional<consent::Matrix> of_shipment(store::Tx& tx, std::int64_t account_id,
                                             const base::Id& shipment) const;
  bool set_of_shipment(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                       const consent::Matrix& matrix) const;

  // The customer first.
  base::Result<std::vector<ShownRecipient>, DeskError> recipients(store::Tx& tx,
                                                                  std::int64_t account_id,
                                                                  const base::Id& shipment,
                                                                  personal::Actor actor) const;
  base::Result<int, DeskError> add(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                                   const RecipientDraft& draft) const;
  // Of the customer (number 0) only what is told and how; the rest is the shipment's.
  base::Outcome<DeskError> change(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                                  int number, const RecipientDraft& draft,
                                  personal::Actor actor) const;

  // What would be said now: of a shipment, or of an invented one. `blocks`: words that are being
  // tried; nothing: those in force. Fails with what the linter says about them, or with nothing
  // when there is no such shipment.
  base::Result<messages::Message, std::vector<messages::Finding>> preview(
      store::Tx& tx, std::int64_t account_id, journey::Trigger trigger, std::string_view language,
      const std::optional<base::Id>& shipment, const std::optional<messages::Blocks>& blocks,
      personal::Actor actor) const;

 private:
  std::optional<messages::Facts> facts_for(store::Tx& tx, std::int64_t account_id,
                                           journey::Trigger trigger, const base::Id& shipment,
                                           personal::Actor actor) const;
  const Tools& tools_;
};

}  // namespace notify::people

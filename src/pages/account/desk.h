// The account pages: what they stand on, and the one gate every request goes through.
//
// Each route says what it needs (accounts::Need); a route that says nothing lets nobody in. The
// gate finds the session, or makes one of a remembered browser; sends whoever must sign in or prove
// themselves again there and back; refuses a form that is not from our own page or lacks its token;
// and only then calls the handler. All of it works without script; the passkey island needs some.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "accounts/desks.h"
#include "accounts/oidc.h"
#include "base/costly.h"
#include "http/router.h"
#include "mailbox/desk.h"
#include "mailbox/oauth.h"
#include "notify/people/rooms.h"
#include "notify/people/sender.h"
#include "notify/people/wording.h"
#include "notify/webhook_sender.h"
#include "notify/webhooks.h"
#include "outreach/promotions.h"
#include "pages/account/screen.h"
#include "pages/endpoints.h"
#include "pages/review_endpoints.h"
#include "pages/rights_endpoints.h"
#include "pages/visit.h"
#include "rights/registers/suspensions.h"
#include "support/tickets.h"

namespace pages {

// A parcel that somebody enters by hand.
struct NewParcel {
  std::string number, courier, title;  // courier: empty, whoever's number it is
  std::string buyer, buyer_email;      // whoever gets it, and is told
};
enum class Added { Yes, Exists, BadNumber, UnknownCourier, NoQuota, Failed };

// Where the account's own programs are told.
struct HookDesk {
  notify::Webhooks& webhooks;
  notify::WebhookSender* sender = nullptr;  // nullptr: nothing can be tried
  // The holder's address, for tests of the older versions.
  std::function<std::string(store::Tx&, std::int64_t account_id)> email_of = {};
  // Something was put into the queue.
  std::function<void()> hurry = {};
};

// What customers and the account's own rooms are told, and in whose words.
struct MessageDesk {
  const notify::people::Rooms& rooms;
  const notify::people::Tools& tools;
  const notify::people::Wording& wording;
};

// Mailboxes that people link, and who opens them by OAuth.
struct MailboxDesk {
  mailbox::Desk& desk;
  const mailbox::OAuth& oauth;
  std::vector<mailbox::Provider> providers = {};  // those that are set up
};

// A shop's lists of readers, and its news to them.
struct ListDesk {
  outreach::Lists& lists;
  outreach::Promotions& promotions;
};

// What the front page says of all parcels at once: every one of them is looked at for it.
struct Overviews {
  using Counts = std::vector<std::pair<journey::Status, int>>;
  base::Costly<std::int64_t, Counts> counts;               // by account
  base::Costly<std::int64_t, std::vector<base::Id>> news;  // the last that moved
};

struct AccountContext {
  store::Database& database;
  const base::Clock& clock;
  accounts::Desks& desks;
  accounts::Accounts& keys;
  Context& shop;
  std::string service = "Milepost";  // as authenticators show it
  // Enters a parcel as the API would. Empty: the form is not shown.
  std::function<base::Task<Added>(accounts::Signed who, NewParcel parcel)> add_parcel = {};
  // The carrier is asked about it once more, soon; false when that was done a moment ago, or there
  // is nothing more to ask. In the caller's transaction. Empty: it is not offered.
  std::function<bool(store::Tx& tx, std::int64_t account_id, const base::Id& shipment)> ask_again =
      {};
  // These accounts are closed: their shipments are to go.
  std::function<base::Task<void>(std::vector<std::int64_t> account_ids)> closed = {};
  std::optional<HookDesk> hooks = {};          // none: there is no such page
  std::optional<MessageDesk> messages = {};    // none: there are no such pages
  std::optional<MailboxDesk> mailboxes = {};   // none: there are no such pages
  RightsContext* rights = nullptr;             // people's requests; none: there are no such pages
  rights::Suspensions* suspensions = nullptr;  // why an account is; none: it is not said
  accounts::Oidc* oidc = nullptr;              // signing in by another service, when there is one
  std::string public_url = {};                 // where it sends people back to
  support::Tickets* tickets = nullptr;         // people's questions; none: there are no such pages
  std::optional<ListDesk> lists = {};          // none: there are no such pages
  letters::Letters* letters = nullptr;         // by which they are answered
  ReviewContext* reviews = nullptr;            // of deliveries; none: there are no such pages
  // Whoever likes makes an account; else only who is invited.
  bool is_sign_up_open = true;
  const http::Register& cookies = http::the_register();
  std::shared_ptr<Overviews> overviews = std::make_shared<Overviews>();
};

// One request of one visitor, past the gate.
struct Visit {
  explicit Visit(http::Request r) : request(std::move(r)) {}
  http::Request request;
  Form form;
  const Words* words = nullptr;
  std::string language;  // chosen in the address or the form
  std::optional<accounts::Signed> who;
  std::string token;  // of the session; empty for nobody
  std::string csrf;
  accounts::Origin origin;

  std::string field(std::string_view key) const { return std::string(value_of(form, key)); }
  std::string query(std::string_view key) const { return query_value(request, key); }
  std::string say(std::string_view key) const { return std::string(words->get(key)); }
  std::int64_t person() const { return who ? who->person_id : 0; }
  std::int64_t account() const { return who ? who->account_id : 0; }
};
using VisitPtr = std::shared_ptr<Visit>;
using Answering = base::Task<http::Response> (*)(AccountContext&, VisitPtr);

struct AccountRoute {
  std::string_view method, pattern;
  accounts::Need need;
  Answering answer;
  std::string_view page = "/account";  // of a form: the page it stands on
  bool starts_form = false;            // shows a form to somebody who may have no session yet
};
// Every route, for the gate and for the test that walks them with every role.
const std::vector<AccountRoute>& account_routes();

// `context` must outlive the router.
void add_account_routes(http::Router& router, AccountContext& context);

// ---- For the handlers

Frame frame_of(const AccountContext& context, const Visit& visit);
http::Response show(const AccountContext& context, const Visit& visit, const Screen& screen,
                    int status = 200);
// 303 within the site, with the word of what was done: "?done=key_revoked".
http::Response done(const Visit& visit, std::string_view path, std::string_view what = {});
// Puts a new session into the browser.
void keep(http::Response& response, const accounts::Started& started);
void forget_browser(http::Response& response);
// The path the visitor wanted before they had to sign in; /account when it is none of ours.
std::string next_of(const Visit& visit);
// A page that says one thing.
http::Response say_only(const AccountContext& context, const Visit& visit, int status,
                        std::string_view title_key, std::string_view text_key,
                        std::string_view link = {}, std::string_view link_key = {});

// Runs what blocks on a thread of its own and comes back to where it was asked.
template <class Work>
base::Task<std::invoke_result_t<Work>> elsewhere(Work work);

}  // namespace pages

#include "pages/account/elsewhere.h"

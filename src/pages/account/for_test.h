// For the tests of the account pages: a browser without script, and every desk behind the router.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "accounts/testing.h"
#include "http/cookies.gen.h"
#include "pages/account/desk.h"
#include "pages/ask_endpoints.h"
#include "pages/list_endpoints.h"
#include "rights/erasure.h"

namespace pages::for_test {

using store::testing::Engine;

struct Browser {
  std::map<std::string, std::string> jar;
  std::string last_location;  // for tests of redirects
  std::string agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

  void take(const http::Response& response) {
    for (const auto& line : response.cookies.lines()) {
      const auto equals = line.find('='), end = line.find(';');
      const auto value = line.substr(equals + 1, end - equals - 1);
      if (value.empty()) {
        jar.erase(line.substr(0, equals));
      } else {
        jar[line.substr(0, equals)] = value;
      }
    }
  }
  std::string cookies() const {
    std::string out;
    for (const auto& [name, value] : jar) out += (out.empty() ? "" : "; ") + name + "=" + value;
    return out;
  }
};

// A mailbox without a server, that opens with the password "right".
class LocalMailbox final : public mailbox::Connector {
 public:
  explicit LocalMailbox(const std::vector<std::string>& letters) : letters_(letters) {}
  std::string_view kind() const override { return "imap-password"; }
  std::string_view title() const override { return "IMAP"; }
  std::vector<mailbox::Scope> scopes() const override { return {{"EXAMINE INBOX", "read"}}; }
  mailbox::Fault probe(mailbox::Keys& keys, const std::atomic<bool>*) override {
    return keys.secret == "right" ? mailbox::Fault::None : mailbox::Fault::Denied;
  }
  base::Result<mailbox::Pass, mailbox::Fault> read(const mailbox::Keys&, std::string_view,
                                                   base::Instant, const mailbox::Reader& reader,
                                                   const std::atomic<bool>*) override {
    mailbox::Pass pass;
    for (const auto& letter : letters_) {
      ++pass.heads;
      if (!reader.wants(mailbox::read_head(letter))) continue;
      ++pass.opened;
      reader.take(letter);
    }
    return pass;
  }
  mailbox::Fault revoke(const mailbox::Keys&) override { return mailbox::Fault::None; }

 private:
  const std::vector<std::string>& letters_;
};

struct AccountPages : ::testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    house.emplace(GetParam());
    desks.emplace(*house->context, "Milepost", accounts::testing::kCheap);
    keys.emplace(*house->main, *house->vault, *house->ledger, house->clock);
    shipments.emplace(*house->vault);
    shop.emplace(
        Context{*house->main, *shipments, *house->ledger, catalogue, house->clock, {}, {}, {}});
    context.emplace(AccountContext{*house->main, house->clock, *desks, *keys, *shop});
    webhooks.emplace(notify::Webhooks::Parts{*house->vault, *house->ledger, house->clock}, false);
    context->hooks.emplace(HookDesk{*webhooks});
    open_messages();
    open_rights();
    tickets.emplace(*house->main, *house->vault, house->clock);
    questions.emplace(AskContext{*house->main, *house->vault, *tickets});
    context->tickets = &*tickets;
    context->letters = &*house->letters;
    context->public_url = "https://track.example";
    add_ask_routes(router, *questions);
    open_reviews();
    open_mailboxes();
    open_lists();
    add_account_routes(router, *context);
    add_rights_routes(router, *rights_pages);
  }
  void open_lists() {
    lists.emplace(*house->vault, *house->ledger, *consents, house->clock);
    promotions.emplace(outreach::Promotions::Parts{*house->main, *house->vault, *house->ledger,
                                                   *lists, house->clock});
    joining.emplace(outreach::Joining::Parts{
        *house->main, *house->vault, *house->letters, *consents, house->clock,
        "https://track.example", [](store::Tx&, std::int64_t) { return std::string("Blom"); }});
    list_pages.emplace(ListContext{*house->main, *house->vault, *joining});
    context->lists.emplace(ListDesk{*lists, *promotions});
    add_list_routes(router, *list_pages);
  }
  void open_reviews() {
    reviews.emplace(*house->vault, house->clock);
    claims.emplace(*reviews, *house->vault, house->clock);
    review_pages.emplace(ReviewContext{*house->main, *shipments, *house->ledger, *reviews, *claims,
                                       *recipients, *house->letters, *house->throttle, pauses,
                                       "https://track.example"});
    context->reviews = &*review_pages;
    add_review_routes(router, *review_pages);
  }
  void open_mailboxes() {
    consents.emplace(house->clock, consent::Signer());
    links.emplace(mailbox::Links::Parts{*house->main, *house->vault, *house->ledger, house->clock,
                                        *consents, *shipments});
    oauth.emplace(*outgoing, *house->vault, house->clock);
    std::vector<std::unique_ptr<mailbox::Connector>> connectors;
    connectors.push_back(std::make_unique<LocalMailbox>(letters_in_mailbox));
    mailboxes.emplace(
        *links, extractor, house->clock, *house->ledger, std::move(connectors),
        [this](std::int64_t account, const mailbox::Sighting& sighting) {
          return enter(account, sighting);
        },
        mailbox::Desk::Options());
    auto providers = mailbox::known_providers();
    providers.front().client_id = "client";
    context->mailboxes.emplace(MailboxDesk{*mailboxes, *oauth, std::move(providers)});
  }
  std::optional<mailbox::Opened> enter(std::int64_t account, const mailbox::Sighting& sighting) {
    shipments::Head head;
    head.account_id = account;
    head.id = base::Id::make(house->clock.now());
    head.tracking_number = sighting.tracking_number;
    head.courier_code = sighting.courier_code;
    head.source = shipments::Source::Mailbox;
    head.created_at = head.updated_at = house->clock.now();
    head.subject = house->vault->new_subject_now(account);
    house->main->write_now(
        [&](store::Tx& tx) { return shipments->insert(tx, head, {}, house->clock.now()); });
    return mailbox::Opened{head.id, true};
  }
  void open_rights() {
    rights::Desk::Options options;
    options.country = "NL";
    options.address = "https://track.example";
    options.controller = [](store::Tx&, std::int64_t) -> std::optional<letters::To> {
      return letters::To("shop@example.com", personal::Label());
    };
    visits.emplace(*house->vault, *house->ledger, *house->letters, house->clock, options.address);
    rights_desk.emplace(*house->main, *house->vault, *house->ledger, *house->letters, house->clock,
                        options);
    eraser.emplace(*house->main, *house->keys, *house->vault, *house->ledger, house->clock);
    acts.emplace(rights::Acts::Parts{*house->main, *shipments, *house->ledger, house->clock,
                                     *rights_desk, *visits, *eraser});
    rights_pages.emplace(RightsContext{*house->main, *shipments, *house->ledger, house->clock,
                                       *rights_desk, *visits, *acts, aside});
    context->rights = &*rights_pages;
    suspensions.emplace(rights::Suspensions::Parts{*house->vault, *house->ledger, *house->letters,
                                                   house->clock, *rights_desk});
    context->suspensions = &*suspensions;
  }
  void open_messages() {
    channels::MessengerSettings settings;
    settings.ntfy.may_be_private = true;
    outgoing.emplace(http::Client::Options{});
    messengers.emplace(std::move(settings), *outgoing, house->clock);
    recipients.emplace(*house->main, *house->vault, house->clock);
    notify::people::Voice voice;
    voice.sender.name = "Milepost";
    tools.emplace(notify::people::Tools{
        *shipments, *recipients, *house->ledger, catalogue, house->clock, "https://track.example",
        [](std::int64_t, const base::Id& id) { return "/t/" + id.hex(); }, voice, &wording});
    rooms.emplace(*recipients, *house->ledger, *messengers, house->clock);
    context->messages.emplace(MessageDesk{*rooms, *tools, wording});
  }
  http::Response call(Browser& browser, std::string_view method, const std::string& target,
                      std::string body = {}, std::string_view site = "same-origin") {
    std::vector<std::pair<std::string, std::string>> headers{{"Cookie", browser.cookies()},
                                                             {"User-Agent", browser.agent},
                                                             {"Sec-Fetch-Site", std::string(site)}};
    if (method == "POST") headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    auto request = http::make_request(method, target, std::move(body), std::move(headers));
    const auto match = router.match(request);
    EXPECT_NE(match.handler, nullptr) << target;
    auto response = house->run((*match.handler)(std::move(request)));
    browser.take(response);
    return response;
  }
  http::Response get(Browser& browser, const std::string& target) {
    return call(browser, "GET", target);
  }
  // The value of a hidden field of the page's first form.
  static std::string hidden(const http::Response& page, const std::string& name) {
    const auto before = "name=\"" + name + "\" value=\"";
    const auto at = page.body.find(before);
    if (at == std::string::npos) return {};
    return page.body.substr(at + before.size(),
                            page.body.find('"', at + before.size()) - at - before.size());
  }
  static std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return {};
  }
  // Signs up by the forms alone; the password may be empty.
  Browser sign_up(const std::string& email, const std::string& password) {
    Browser browser;
    const auto form = get(browser, "/account/sign-up");
    EXPECT_EQ(call(browser, "POST", "/account/sign-up",
                   "agree=1&age=1&email=" + email + "&policy=" + hidden(form, "policy") +
                       "&terms=" + hidden(form, "terms") + "&csrf=" + hidden(form, "csrf"))
                  .status,
              303);
    const auto letters = house->mail();
    EXPECT_EQ(letters.size(), 1U);
    const auto token = letters.empty() ? "" : letters[0].token();
    const auto welcome = get(browser, "/account/welcome?token=" + token);
    EXPECT_EQ(call(browser, "POST", "/account/welcome",
                   "token=" + token + "&password=" + password + "&csrf=" + hidden(welcome, "csrf"))
                  .status,
              303);
    return browser;
  }

  std::optional<accounts::testing::House> house;
  std::optional<accounts::Desks> desks;
  std::optional<accounts::Accounts> keys;
  std::optional<shipments::Repository> shipments;
  couriers::Catalogue catalogue;
  couriers::Detector detector{catalogue};
  mailbox::Extractor extractor{catalogue, detector};
  std::vector<std::string> letters_in_mailbox;
  std::optional<consent::Records> consents;
  std::optional<mailbox::Links> links;
  std::optional<mailbox::OAuth> oauth;
  std::optional<mailbox::Desk> mailboxes;
  std::optional<notify::Webhooks> webhooks;
  std::optional<http::Client> outgoing;
  std::optional<channels::Messengers> messengers;
  std::optional<notify::people::Recipients> recipients;
  notify::people::Wording wording;
  std::optional<notify::people::Tools> tools;
  std::optional<notify::people::Rooms> rooms;
  std::optional<Context> shop;
  std::optional<rights::Visits> visits;
  std::optional<rights::Desk> rights_desk;
  std::optional<rights::Eraser> eraser;
  std::optional<rights::Acts> acts;
  base::Aside aside;
  std::optional<RightsContext> rights_pages;
  std::optional<rights::Suspensions> suspensions;
  std::optional<support::Tickets> tickets;
  std::optional<AskContext> questions;
  std::optional<outreach::Lists> lists;
  std::optional<outreach::Promotions> promotions;
  std::optional<outreach::Joining> joining;
  std::optional<ListContext> list_pages;
  base::Later pauses;
  std::optional<reviews::Reviews> reviews;
  std::optional<reviews::Claims> claims;
  std::optional<ReviewContext> review_pages;
  std::optional<AccountContext> context;
  http::Router router;
};

}  // namespace pages::for_test

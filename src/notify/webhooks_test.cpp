#include "notify/webhooks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "http/server.h"
#include "notify/dispatcher.h"
#include "notify/log.h"
#include "notify/queue.h"
#include "notify/signing.h"
#include "notify/webhook_sender.h"
#include "personal/restrictions.h"
#include "shipments/testing.h"

namespace notify {
namespace {

using channels::Channel, channels::Outcome;
using shipments::testing::kAccount, shipments::testing::says, shipments::testing::scan,
    shipments::testing::World;
using store::testing::Engine;
using namespace std::chrono_literals;
using ::testing::AllOf, ::testing::ElementsAre, ::testing::HasSubstr, ::testing::IsEmpty,
    ::testing::Not, ::testing::SizeIs;

// A shop's program on loopback.
class Shop {
 public:
  struct Got {
    std::string path, body, id, timestamp, signature, v4;
  };
  Shop() {
    http::Router router;
    for (const auto path : {"/hook", "/other"}) {
      router.add("POST", path, [this](http::Request r) -> base::Task<http::Response> {
        const std::lock_guard lock(mutex_);
        got_.push_back(
            {std::string(r.path()), std::string(r.body()), std::string(r.header("webhook-id")),
             std::string(r.header("webhook-timestamp")), std::string(r.header("webhook-signature")),
             std::string(r.header("signature"))});
        http::Response answer = http::text(status, "thanks");
        answer.headers = headers;
        co_return answer;
      });
    }
    http::ServerOptions options;
    options.host = "127.0.0.1";
    options.port = 0;
    options.threads = 1;
    options.access_log = false;
    server_ = std::make_unique<http::Server>(options, std::move(router));
    server_->start();
  }
  ~Shop() { server_->stop(500ms); }
  std::string url(std::string_view path = "/hook") const {
    return fmt::format("http://127.0.0.1:{}{}", server_->port(), path);
  }
  std::vector<Got> got() {
    const std::lock_guard lock(mutex_);
    return got_;
  }

  std::atomic<int> status = 200;
  std::vector<std::pair<std::string, std::string>> headers;

 private:
  std::mutex mutex_;
  std::vector<Got> got_;
  std::unique_ptr<http::Server> server_;
};

class WebhooksOn : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    ingest = std::make_unique<shipments::Ingest>(*world->main, *world->repository, *world->ledger);
    client = std::make_unique<http::Client>(http::Client::Options{});
    make(true);
  }
  void make(bool may_be_private) {
    dispatcher.reset();
    webhooks = std::make_unique<Webhooks>(
        Webhooks::Parts{*world->vault, *world->ledger, world->clock}, true);
    WebhookSender::Parts parts{
        *client,
        *webhooks,
        *world->repository,
        *world->ledger,
        world->clock,
        real,
        [](base::JsonWriter& json, const shipments::Shipment& s, BodyVersion version,
           ControllerAccess& access) {
          access.about(s.head.subject);
          json.begin_object().key("number").value(s.head.tracking_number);
          json.key("status").value(journey::name(s.head.status));
          json.key("name").value(open(s.body.customer_name, access));
          json.key("version").value(static_cast<int>(version)).end_object();
        },
        [](store::Tx&, std::int64_t) { return std::string("merchant@example.com"); },
        [this](store::Tx&, const Webhook& w, base::Instant) {
          disabled.push_back(w.disabled_code);
        },
        [](store::Tx&, std::int64_t, std::string_view receiver) {
          return std::optional(fmt::format(R"({{"news":"{}"}})", receiver));
        },
    };
    WebhookSender::Options options;
    options.may_be_private = may_be_private;
    options.deadline = 2s;
    sender = std::make_unique<WebhookSender>(std::move(parts), options);
    Dispatcher::Options how;
    how.jitter = 0;
    how.tick = 5ms;
    dispatcher = std::make_unique<Dispatcher>(*world->main, world->clock, how);
    dispatcher->add(*webhooks);
    dispatcher->add(Channel::Webhook, *sender);
  }
  template <class F>
  auto write(F f) {
    return world->main->write_now(f);
  }
  Webhooks::New add(WebhookDraft draft) {
    return write([&](store::Tx& tx) { return webhooks->add(tx, kAccount, draft); }).value();
  }
  Webhooks::New add_shop() { return add({shop.url(), {}, {}, {}}); }
  void moves(const base::Id& id, const char* status) {
    base::sync_wait(ingest->take(
        says(id, {scan(fmt::format("2026-01-02T{:02}:00:00+01:00", ++hour), status, "Scanned")},
             world->clock.now())));
  }
  void run() { dispatcher->run_until_idle(); }
  std::vector<Settled> log() {
    Which which;
    which.account_id = kAccount;
    return world->main->read_now([&](store::Tx& tx) { return find(tx, which, 100); });
  }

  Shop shop;
  int hour = 0;
  base::SystemClock real;
  std::unique_ptr<World> world;
  std::unique_ptr<shipments::Ingest> ingest;
  std::unique_ptr<http::Client> client;
  std::unique_ptr<Webhooks> webhooks;
  std::unique_ptr<WebhookSender> sender;
  std::unique_ptr<Dispatcher> dispatcher;
  std::vector<std::string> disabled;
};
INSTANTIATE_TEST_SUITE_P(, WebhooksOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(WebhooksOn, TellOfAChangeWithTheShipmentAsItIsSigned) {
  const auto made = add_shop();
  const auto id = world->add_named("1Z1", "Ada Byron");
  moves(id, "transit001");
  run();
  const auto got = shop.got();
  ASSERT_THAT(got, SizeIs(1));
  EXPECT_EQ(got[0].body,
            R"({"code":200,"message":"Request response is successful","data":{"number":"1Z1",)"
            R"("status":"transit","name":"Ada Byron","version":4}})");
  const auto time = std::stoll(got[0].timestamp);
  EXPECT_EQ(got[0].v4, v4_signature(made.secret, time));
  EXPECT_EQ(got[0].signature, standard_signature({made.secret}, got[0].id, time, got[0].body));
  ASSERT_THAT(log(), SizeIs(1));
  EXPECT_EQ(message_id(log()[0].delivery.id), got[0].id);
}

TEST_P(WebhooksOn, TellOnlyWhatTheyWereAskedFor) {
  add({shop.url(), {}, {}, parse_statuses("delivered,exception")});
  add({shop.url("/other"), {}, {}, {}});
  const auto id = world->add("1Z1");
  moves(id, "transit001");
  moves(id, "delivered001");
  run();
  int selected = 0, all = 0;
  for (const auto& got : shop.got()) ++(got.path == "/hook" ? selected : all);
  EXPECT_EQ(selected, 1);
  EXPECT_EQ(all, 2);
}

TEST_P(WebhooksOn, OlderVersionsCarryTheirSignatureInTheBody) {
  add({shop.url("/hook"), {}, BodyVersion::V3, {}});
  add({shop.url("/other"), {}, BodyVersion::V2, {}});
  moves(world->add("1Z1"), "transit001");
  run();
  const auto got = shop.got();
  ASSERT_THAT(got, SizeIs(2));
  for (const auto& one : got) {
    const auto at = one.body.find("\"timeStr\":");
    ASSERT_NE(at, std::string::npos);
    const auto signature =
        old_signature("merchant@example.com", std::stoll(one.body.substr(at + 10)));
    EXPECT_THAT(one.body, HasSubstr("\"signature\":\"" + signature + "\""));
    EXPECT_THAT(one.body,
                HasSubstr(one.path == "/hook" ? R"({"code":200,"message")"
                                              : R"({"meta":{"code":200,"type":"Success")"));
  }
}

TEST_P(WebhooksOn, BothSecretsSignWhileOneIsChanged) {
  const auto old = add_shop();
  const auto fresh = write([&](store::Tx& tx) {
                       return webhooks->rotate(tx, kAccount, old.webhook.webhook_id, false);
                     }).value();
  const auto id = world->add("1Z1");
  moves(id, "transit001");
  run();
  world->clock.advance(kOverlap);
  moves(id, "delivered001");
  run();
  const auto got = shop.got();
  ASSERT_THAT(got, SizeIs(2));
  const auto expected = [&](const Shop::Got& one, const std::vector<std::string>& secrets) {
    return standard_signature(secrets, one.id, std::stoll(one.timestamp), one.body);
  };
  EXPECT_EQ(got[0].signature, expected(got[0], {fresh.secret, old.secret}));
  EXPECT_EQ(got[1].signature, expected(got[1], {fresh.secret}));
}

TEST_P(WebhooksOn, AShipmentThatWasErasedMeanwhileIsNotToldOf) {
  add_shop();
  const auto gone = world->add_named("1Z1", "Ada Byron"), forgotten = world->add_named("1Z2", "Bo");
  moves(gone, "transit001");
  moves(forgotten, "transit001");
  // Planned, and waiting: then erased, one row and all, of the other only the key yet.
  write([&](store::Tx& tx) {
    pause_lane(tx, {kAccount, Channel::Webhook, 1}, world->clock.now());
  });
  run();
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM deliveries"), 2);
  const personal::SubjectId subjects[] = {world->head_of(forgotten).subject};
  world->vault->forget(kAccount, subjects);
  write([&](store::Tx& tx) {
    world->repository->remove(tx, kAccount, gone);
    resume_lane(tx, {kAccount, Channel::Webhook, 1}, world->clock.now());
  });
  run();
  EXPECT_THAT(shop.got(), IsEmpty());
  const auto kept = log();
  ASSERT_THAT(kept, SizeIs(2));
  EXPECT_EQ(kept[0].end, End::Dropped);
  EXPECT_EQ(kept[0].code, "gone");
}

TEST_P(WebhooksOn, WaitWhileAPersonHasRestrictedTheProcessing) {
  add_shop();
  const auto id = world->add_named("1Z1", "Ada Byron");
  moves(id, "transit001");
  const auto subject = world->head_of(id).subject;
  write([&](store::Tx& tx) {
    personal::Restrictions::place(tx, kAccount, subject, "accuracy", world->clock.now());
  });
  run();
  EXPECT_THAT(shop.got(), IsEmpty());
  write([&](store::Tx& tx) { personal::Restrictions::lift(tx, kAccount, subject); });
  world->clock.advance(6h);
  run();
  EXPECT_THAT(shop.got(), SizeIs(1));
}

// clause-086.recipient
TEST_P(WebhooksOn, GetACorrectionWithTheNewValueAndAnErasureWithTheParcelsIdAlone) {
  const auto hook = add({shop.url(), {}, {}, parse_statuses("delivered").value()});
  const auto id = world->add_named("1Z1", "Ada Byron");
  const auto tell = [&](const char* occasion, const char* news) {
    write([&](store::Tx& tx) {
      const Wanted wanted{hook.webhook.lane(), id, news, 0, occasion, world->clock.now(), {}};
      put(tx, std::span(&wanted, 1), world->clock.now());
      return 0;
    });
    run();
    return shop.got().back().body;
  };
  const auto corrected = tell("subject.rectified", "n1");
  EXPECT_THAT(corrected, AllOf(HasSubstr(R"("event":"subject.rectified")"),
                               HasSubstr(R"("news":"n1")"), HasSubstr("Ada Byron")));
  // Whose data is restricted is told of, and not told.
  const auto subject = world->head_of(id).subject;
  write([&](store::Tx& tx) {
    personal::Restrictions::place(tx, kAccount, subject, "accuracy", world->clock.now());
    return 0;
  });
  EXPECT_THAT(tell("subject.rectified", "n2"), Not(HasSubstr("Ada Byron")));
  write([&](store::Tx& tx) { return world->repository->remove(tx, kAccount, id); });
  const auto erased = tell("subject.erased", "n3");
  EXPECT_THAT(erased, AllOf(HasSubstr(R"("event":"subject.erased")"), HasSubstr(id.hex()),
                            Not(HasSubstr("Ada Byron"))));
  EXPECT_THAT(shop.got(), SizeIs(3));
}

TEST_P(WebhooksOn, NothingOfAPersonStandsInTheQueueOrTheLog) {
  add_shop();
  shop.status = 500;
  moves(world->add_named("1Z77777777", "Ada Byron"), "transit001");
  run();
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM deliveries"), 1);
  const auto text = world->main->read_now([](store::Tx& tx) {
    std::string all;
    auto rows =
        tx.query("SELECT channel, occasion, code, id, receiver, shipment_id FROM deliveries");
    while (rows.next()) {
      for (const int i : {0, 1, 2}) all += rows.text(i);
      for (const int i : {3, 4, 5}) all += rows.blob(i);
    }
    return all;
  });
  EXPECT_THAT(text, AllOf(Not(HasSubstr("Ada")), Not(HasSubstr("1Z7777"))));
}

TEST_P(WebhooksOn, PrivateAddressesAreRefusedWhenTheOperatorDoesNotAllowThem) {
  add_shop();
  make(false);
  moves(world->add("1Z1"), "transit001");
  run();
  EXPECT_THAT(shop.got(), IsEmpty());
  const auto lane = world->main->read_now([&](store::Tx& tx) {
    return lane_state(tx, {kAccount, Channel::Webhook, 1});
  });
  EXPECT_EQ(lane->code, "refused");
}

TEST_P(WebhooksOn, RedirectsAreNotFollowed) {
  shop.status = 302;
  shop.headers = {{"Location", shop.url("/other")}};
  add_shop();
  moves(world->add("1Z1"), "transit001");
  run();
  const auto got = shop.got();
  ASSERT_THAT(got, SizeIs(1));
  EXPECT_EQ(got[0].path, "/hook");
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM deliveries"), 1) << "it is tried again";
}

TEST_P(WebhooksOn, AreSwitchedOffByGone) {
  const auto made = add_shop();
  shop.status = 410;
  moves(world->add("1Z1"), "transit001");
  run();
  EXPECT_THAT(disabled, ElementsAre("http 410"));
  const auto now = world->main->read_now(
      [&](store::Tx& tx) { return Webhooks::find(tx, kAccount, made.webhook.webhook_id); });
  EXPECT_TRUE(now->disabled_at);
  EXPECT_EQ(now->disabled_code, "http 410");
}

TEST_P(WebhooksOn, AreSwitchedOffAfterFiveDaysOfFailureAndKeepWhatCame) {
  const auto made = add_shop();
  shop.status = 500;
  const auto id = world->add("1Z1"), other = world->add("1Z2");
  moves(id, "transit001");
  for (int hours = 0; hours < 119; ++hours) {
    run();
    world->clock.advance(1h);
    if (hours == 70) moves(other, "transit001");
  }
  EXPECT_THAT(disabled, IsEmpty());
  moves(world->add("1Z3"), "transit001");
  for (int hours = 0; hours < 3; ++hours) {
    world->clock.advance(1h);
    run();
  }
  EXPECT_THAT(disabled, ElementsAre("http 500"));
  const auto before = shop.got().size();
  moves(other, "delivered001");
  world->clock.advance(24h);
  run();
  EXPECT_EQ(shop.got().size(), before);
  shop.status = 200;
  write(
      [&](store::Tx& tx) { return bool(webhooks->enable(tx, kAccount, made.webhook.webhook_id)); });
  world->clock.advance(48h);
  run();
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM deliveries"), 0);
}

TEST_P(WebhooksOn, AreAtMostTwentyAndTheirAddressesWhole) {
  const auto error = [&](WebhookDraft draft) {
    const auto made = write([&](store::Tx& tx) { return webhooks->add(tx, kAccount, draft); });
    return made ? "" : describe(made.error());
  };
  EXPECT_EQ(error({{}, {}, {}, {}}), describe(WebhookError::UrlInvalid));
  EXPECT_EQ(error({"https://example.com/", std::string(201, 'x'), {}, {}}),
            describe(WebhookError::DescriptionTooLong));
  for (int i = 0; i < kMostWebhooks; ++i) {
    EXPECT_EQ(error({fmt::format("https://example.com/{}", i), {}, {}, {}}), "");
  }
  EXPECT_EQ(error({"https://example.com/", {}, {}, {}}), describe(WebhookError::TooMany));
  write([&](store::Tx& tx) { return webhooks->remove(tx, kAccount, 20).value(); });
  EXPECT_EQ(add({"https://example.com/", {}, {}, {}}).webhook.webhook_id, 21)
      << "an id is never used again";
}

TEST(WebhookUrl, MustLeadIntoThePublicNetwork) {
  for (const auto url : {"https://example.com", "HTTP://example.com:8080/a?b=c", "https://8.8.8.8/",
                         "https://[2a00:1450:4009::1]/"}) {
    EXPECT_FALSE(check_webhook_url(url, false)) << url;
  }
  for (const auto url :
       {"", "example.com", "ftp://example.com", "https://", "https://u:p@example.com/",
        "https://exa mple.com", "https://example.com/\n", "https:///path", "https://a\\b/"}) {
    EXPECT_EQ(check_webhook_url(url, false), WebhookError::UrlInvalid) << url;
    EXPECT_EQ(check_webhook_url(url, true), WebhookError::UrlInvalid) << url;
  }
  for (const auto url : {"http://localhost/", "http://127.0.0.1:80/", "http://10.1.2.3",
                         "http://[::1]/", "http://169.254.169.254/latest/meta-data",
                         "http://printer.local/", "http://192.168.0.1/"}) {
    EXPECT_EQ(check_webhook_url(url, false), WebhookError::UrlPrivate) << url;
    EXPECT_FALSE(check_webhook_url(url, true)) << url;
  }
}

TEST(WebhookUrl, NeverLeadsToTheServerItself) {
  for (const auto url : {"http://localhost:8080/v4", "http://127.0.0.1:8080", "http://[::1]:8080/x",
                         "http://a.localhost:8080/"}) {
    EXPECT_TRUE(is_own_address(url, 8080)) << url;
    EXPECT_FALSE(is_own_address(url, 8081)) << url;
  }
  EXPECT_TRUE(is_own_address("http://localhost/", 80));
  EXPECT_TRUE(is_own_address("https://localhost", 443));
  EXPECT_FALSE(is_own_address("http://example.com:8080/", 8080));
}

TEST(WebhookStatuses, AreTheContractsEightAndNeverPending) {
  EXPECT_EQ(parse_statuses("all"), 0U);
  EXPECT_EQ(parse_statuses(""), 0U);
  EXPECT_THAT(status_names(*parse_statuses("delivered, expired")),
              ElementsAre("delivered", "expired"));
  EXPECT_THAT(status_names(0), SizeIs(8));
  EXPECT_FALSE(parse_statuses("pending"));
  EXPECT_FALSE(parse_statuses("delivered,lost"));
}

}  // namespace
}  // namespace notify

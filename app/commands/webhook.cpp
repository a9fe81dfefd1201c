#include "api/own/webhook_json.h"
#include "app/commands/commands.h"
#include "app/telling.h"
#include "app/terminal.h"
#include "base/time.h"

namespace app {
namespace {

using notify::Webhook, notify::WebhookError, notify::Webhooks;

constexpr int kMostReplayed = 100'000;

struct Asked {
  std::int64_t account_id = 0;
  std::int64_t webhook_id = 0;
  std::string url, description, statuses, version, from, until, id;
  bool ends_old = false;
  bool all = false;
  int most = 50;
};

int refuse(std::string_view why) {
  complain(why);
  return kFailed;
}

// What every command stands on.
struct Desk {
  explicit Desk(const CommandLine& line)
      : config(line.config()), instance(config), parts(instance, config, catalogue) {}
  template <class F>
  auto read(F work) {
    return instance.database->read_now(work);
  }
  template <class F>
  auto write(F work) {
    return instance.database->write_now(work);
  }

  const Config config;
  Instance instance;
  const couriers::Catalogue catalogue;
  WebhookParts parts;
};

std::string version_name(const Webhook& webhook) {
  return fmt::format("V{}", static_cast<int>(webhook.version));
}

std::string statuses_of(const Webhook& webhook) {
  if (webhook.statuses == 0) return "all";
  std::string all;
  for (const auto word : notify::status_names(webhook.statuses)) {
    all += fmt::format("{}{}", all.empty() ? "" : ",", word);
  }
  return all;
}

// What was said about the webhook on the command line; a sentence when something is wrong.
base::Result<notify::WebhookDraft, std::string> draft_of(const Asked& asked) {
  notify::WebhookDraft draft;
  if (!asked.url.empty()) draft.url = asked.url;
  if (!asked.description.empty()) draft.description = asked.description;
  if (!asked.statuses.empty()) {
    draft.statuses = notify::parse_statuses(asked.statuses);
    if (!draft.statuses) return base::Failure{std::string(describe(WebhookError::StatusUnknown))};
  }
  if (!asked.version.empty()) {
    const char digit = asked.version.back();
    if (asked.version.size() > 2 || digit < '2' || digit > '4')
      return base::Failure{std::string(describe(WebhookError::VersionUnknown))};
    draft.version = static_cast<notify::BodyVersion>(digit - '0');
  }
  return draft;
}

void show_secret(const CommandLine& line, const Webhooks::New& made) {
  if (line.json) {
    base::JsonWriter json;
    api::own::write_webhook(json, made.webhook, std::nullopt, 0, made.secret);
    print_line(json.text());
    return;
  }
  print_line(fmt::format("Webhook {}: {}", made.webhook.webhook_id, made.webhook.url));
  print_line("Secret:            " + made.secret);
  print_line("Standard Webhooks: " + notify::standard_secret(made.secret));
  complain("this is the only time the secret is shown; it is the same key in two spellings");
}

int add(const CommandLine& line, const Asked& asked) {
  const auto draft = draft_of(asked);
  if (!draft) {
    complain(draft.error());
    return kUsage;
  }
  Desk desk(line);
  const auto made = desk.write(
      [&](store::Tx& tx) { return desk.parts.webhooks().add(tx, asked.account_id, *draft); });
  if (!made) return refuse(describe(made.error()));
  show_secret(line, *made);
  return kOk;
}

std::string state_of(const Webhook& webhook, const std::optional<notify::LaneState>& lane) {
  if (webhook.disabled_at) return red("off: " + webhook.disabled_code);
  if (lane && lane->failures >= notify::kOpenAfter) return yellow("failing: " + lane->code);
  if (lane && lane->failures > 0) return yellow("last: " + lane->code);
  return green("active");
}

int list(const CommandLine& line, const Asked& asked) {
  Desk desk(line);
  std::vector<std::vector<std::string>> rows{
      {"WEBHOOK", "URL", "FORM", "STATUSES", "STATE", "WAITING", "DEAD", "LAST SUCCESS"}};
  desk.read([&](store::Tx& tx) {
    for (const auto& webhook : Webhooks::list(tx, asked.account_id)) {
      const auto lane = lane_state(tx, webhook.lane());
      const auto waiting = waiting_in(tx, webhook.lane());
      if (line.json) {
        base::JsonWriter json;
        api::own::write_webhook(json, webhook, lane, waiting);
        print_line(json.text());
        continue;
      }
      notify::Which dead;
      dead.account_id = asked.account_id;
      dead.channel = channels::Channel::Webhook;
      dead.lane = webhook.webhook_id;
      dead.end = notify::End::Dead;
      rows.push_back({std::to_string(webhook.webhook_id), webhook.url, version_name(webhook),
                      statuses_of(webhook), state_of(webhook, lane), std::to_string(waiting),
                      std::to_string(count(tx, dead)),
                      lane && lane->succeeded_at
                          ? base::to_iso_offset(*lane->succeeded_at).substr(0, 16)
                          : ""});
    }
    return 0;
  });
  if (line.json) return kOk;
  if (rows.size() == 1) {
    print_line(fmt::format(
        "No webhooks. Make one: milepost webhook add --account {} --url https://shop.example/hook",
        asked.account_id));
  } else {
    print_table(rows);
  }
  return kOk;
}

int test(const CommandLine& line, const Asked& asked) {
  Desk desk(line);
  std::vector<std::string> secrets;
  std::string email;
  const auto webhook = desk.read([&](store::Tx& tx) {
    auto found = Webhooks::find(tx, asked.account_id, asked.webhook_id);
    if (!found) return found;
    personal::Access<personal::Purpose::ServeController> access(
        *desk.instance.ledger, {personal::ActorKind::CommandLine, 0}, asked.account_id,
        "cli.webhook.test");
    secrets = desk.parts.webhooks().secrets(tx, *found, access);
    if (found->version != notify::BodyVersion::V4)
      email = desk.parts.email_of(tx, asked.account_id);
    return found;
  });
  if (!webhook) return refuse(describe(WebhookError::UnknownWebhook));
  const auto tested =
      base::sync_wait(desk.parts.sender().test(*webhook, std::move(secrets), std::move(email)));
  const bool is_accepted = tested.outcome.kind == channels::Outcome::Kind::Accepted;
  if (line.json) {
    base::JsonWriter json;
    json.begin_object()
        .key("accepted")
        .value(is_accepted)
        .key("outcome")
        .value(tested.outcome.code);
    json.key("id").value(tested.id).key("milliseconds").value(tested.took.count() / 1000);
    json.end_object();
    print_line(json.text());
  } else {
    print_line(fmt::format("{} {} after {} ms ({})",
                           is_accepted ? green("accepted:") : red("not accepted:"),
                           tested.outcome.code, tested.took.count() / 1000, tested.id));
  }
  return is_accepted ? kOk : kFailed;
}

int rotate(const CommandLine& line, const Asked& asked) {
  Desk desk(line);
  const auto made = desk.write([&](store::Tx& tx) {
    return desk.parts.webhooks().rotate(tx, asked.account_id, asked.webhook_id, asked.ends_old);
  });
  if (!made) return refuse(describe(made.error()));
  show_secret(line, *made);
  if (!line.json && made->webhook.overlap_until)
    complain("both secrets sign until " + base::to_iso_offset(*made->webhook.overlap_until));
  return kOk;
}

int finish(const CommandLine& line, const base::Outcome<WebhookError>& outcome,
           std::string_view said) {
  if (!outcome) return refuse(describe(outcome.error()));
  print_line(line.json ? R"({"done":true})" : said);
  return kOk;
}

int pause(const CommandLine& line, const Asked& asked) {
  Desk desk(line);
  return finish(line, desk.write([&](store::Tx& tx) {
    return desk.parts.webhooks().disable(tx, asked.account_id, asked.webhook_id, "by hand");
  }),
                "Paused. What comes meanwhile is kept for 30 days.");
}

int resume(const CommandLine& line, const Asked& asked) {
  Desk desk(line);
  return finish(line, desk.write([&](store::Tx& tx) {
    return desk.parts.webhooks().enable(tx, asked.account_id, asked.webhook_id);
  }),
                "Resumed. What waited is sent now.");
}

int remove(const CommandLine& line, const Asked& asked) {
  Desk desk(line);
  const auto subject = desk.write([&](store::Tx& tx) {
    return desk.parts.webhooks().remove(tx, asked.account_id, asked.webhook_id);
  });
  if (!subject) return refuse(describe(subject.error()));
  const personal::SubjectId subjects[] = {*subject};
  desk.instance.vault->forget(asked.account_id, subjects);
  print_line(line.json ? R"({"done":true})" : "Removed, with all that waited for it.");
  return kOk;
}

// ---- Deliveries

std::optional<notify::Which> which_of(const Asked& asked) {
  notify::Which which;
  which.account_id = asked.account_id;
  which.channel = channels::Channel::Webhook;
  if (asked.webhook_id != 0) which.lane = asked.webhook_id;
  const auto read_time = [](const std::string& text, std::optional<base::Instant>& out) {
    if (!text.empty()) out = base::parse_iso(text);
    return text.empty() || out;
  };
  if (!read_time(asked.from, which.from) || !read_time(asked.until, which.until)) {
    complain("--from and --until take a date or time, such as 2026-03-20T14:00:00Z");
    return std::nullopt;
  }
  if (!asked.id.empty()) {
    which.id = notify::parse_message_id(asked.id);
    if (!which.id) {
      complain("a message id is msg_ and 32 hexadecimal digits");
      return std::nullopt;
    }
  }
  return which;
}

void show_settled(const CommandLine& line, const std::vector<notify::Settled>& settled,
                  std::string_view none) {
  std::vector<std::vector<std::string>> rows{
      {"WHEN", "WEBHOOK", "END", "OUTCOME", "TRIES", "OCCASION", "TRACKING", "MESSAGE"}};
  for (const auto& s : settled) {
    if (line.json) {
      base::JsonWriter json;
      api::own::write_settled(json, s);
      print_line(json.text());
      continue;
    }
    const auto& w = s.delivery.wanted;
    const auto end = std::string(name(s.end));
    rows.push_back({base::to_iso_offset(s.at).substr(0, 19), std::to_string(w.lane.number),
                    s.end == notify::End::Delivered ? green(end)
                    : s.end == notify::End::Dead    ? red(end)
                                                    : dim(end),
                    s.code, std::to_string(s.attempts), w.occasion, w.shipment.hex(),
                    notify::message_id(s.delivery.id)});
  }
  if (line.json) return;
  if (rows.size() == 1) {
    print_line(none);
  } else {
    print_table(rows);
  }
}

int deliveries(const CommandLine& line, const Asked& asked) {
  const auto which = which_of(asked);
  if (!which) return kUsage;
  Desk desk(line);
  show_settled(line, desk.read([&](store::Tx& tx) { return find(tx, *which, asked.most); }),
               "Nothing was delivered in the last 30 days.");
  return kOk;
}

int dead(const CommandLine& line, const Asked& asked) {
  auto which = which_of(asked);
  if (!which) return kUsage;
  which->end = notify::End::Dead;
  Desk desk(line);
  show_settled(line, desk.read([&](store::Tx& tx) { return find(tx, *which, asked.most); }),
               "No dead letters.");
  return kOk;
}

int replay(const CommandLine& line, const Asked& asked) {
  auto which = which_of(asked);
  if (!which) return kUsage;
  if (!asked.all && !which->id) which->end = notify::End::Dead;
  Desk desk(line);
  const auto now = desk.instance.clock().now();
  const auto count =
      desk.write([&](store::Tx& tx) { return notify::replay(tx, *which, now, kMostReplayed); });
  if (line.json) {
    print_line(fmt::format(R"({{"replayed":{}}})", count));
  } else {
    print_line(count == 0
                   ? std::string("Nothing of that kind stands in the log.")
                   : fmt::format("{} put back into the queue, with the ids they had.", count));
  }
  return kOk;
}

}  // namespace

void add_webhook(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand(
      "webhook", "Tell programs of every change: addresses, secrets, deliveries");
  auto asked = std::make_shared<Asked>();
  command->require_subcommand(1);
  const auto add_word = [&](const char* name, const char* says,
                            int (*run)(const CommandLine&, const Asked&)) {
    auto* one = command->add_subcommand(name, says);
    one->add_option("--account", asked->account_id, "The account's id")
        ->required()
        ->type_name("ID");
    one->callback(
        [&line, asked, run] { line.run = [&line, asked, run] { return run(line, *asked); }; });
    return one;
  };
  const auto with_id = [&](CLI::App* one, bool is_required = true) {
    auto* option = one->add_option("--webhook", asked->webhook_id, "The webhook's id");
    option->type_name("ID");
    if (is_required) option->required();
    return one;
  };
  const auto with_times = [&](CLI::App* one) {
    one->add_option("--from", asked->from, "Settled at or after")->type_name("TIME");
    one->add_option("--until", asked->until, "Settled before")->type_name("TIME");
    return one;
  };

  auto* adding = add_word("add", "Add a webhook and show its secret, once", add);
  adding->add_option("--url", asked->url, "Where to post to")->required()->type_name("URL");
  adding->add_option("--description", asked->description, "For yourself")->type_name("TEXT");
  adding->add_option("--statuses", asked->statuses, "Told of these only (default all)")
      ->type_name("A,B");
  adding->add_option("--form", asked->version, "Form of the body: V4 (default), V3, V2")
      ->type_name("V");
  add_word("list", "How an account's webhooks are doing", list);
  with_id(add_word("test", "Send a made-up message now", test));
  with_id(add_word("rotate", "A new secret; the old one signs too for a day", rotate))
      ->add_flag("--end-old", asked->ends_old, "The old one ends now");
  with_id(add_word("pause", "Send nothing; what comes is kept", pause));
  with_id(add_word("resume", "Send again, what was kept first", resume));
  with_id(add_word("remove", "Forget it, and what waits for it", remove));
  auto* log = with_times(with_id(
      add_word("deliveries", "What became of deliveries, newest first", deliveries), false));
  log->add_option("--most", asked->most, "How many (default 50)")->type_name("N");
  auto* letters =
      with_times(with_id(add_word("dead", "Deliveries that were given up", dead), false));
  letters->add_option("--most", asked->most, "How many (default 50)")->type_name("N");
  auto* again = with_times(with_id(
      add_word("replay", "Put dead letters back into the queue: all, a range, or one", replay),
      false));
  again->add_option("--id", asked->id, "This message only, whatever became of it")
      ->type_name("MSG");
  again->add_flag("--delivered-too", asked->all, "What was delivered as well");
}

}  // namespace app

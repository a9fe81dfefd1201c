#include <iostream>
#include <iterator>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"

namespace app {
namespace {

struct Asked {
  std::int64_t account_id = 0;
  std::int64_t key_id = 0;
  std::string name = "key";
  std::string scopes = "all";
  std::string expires;
  std::string networks;
};

struct Terms {
  accounts::Scopes scopes = accounts::kAllScopes;
  std::optional<base::Instant> expires_at;
};

std::optional<Terms> terms_of(const Asked& asked) {
  Terms terms;
  const auto scopes = accounts::parse_scopes(asked.scopes);
  if (!scopes) {
    complain("--scopes takes read, write, webhooks, privacy, or all (which is read and write)");
    return std::nullopt;
  }
  terms.scopes = *scopes;
  if (!asked.expires.empty()) {
    terms.expires_at = base::parse_iso(asked.expires);
    if (!terms.expires_at) {
      complain("--expires takes a date or time, such as 2027-01-31");
      return std::nullopt;
    }
  }
  return terms;
}

int refuse(accounts::AccountError error) {
  complain(accounts::describe(error));
  return kFailed;
}

int create(const CommandLine& line, const Asked& asked) {
  const auto terms = terms_of(asked);
  if (!terms) return kUsage;
  Instance instance(line.config());
  const auto key = instance.accounts->create_key(asked.account_id, asked.name, terms->scopes,
                                                 terms->expires_at, asked.networks);
  if (!key) return refuse(key.error());
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("key").value(key->text).key("key_id").value(key->key_id).end_object();
    print_line(json.text());
  } else {
    print_line(key->text);
    complain("this is the only time the key is shown; Milepost keeps its hash only");
  }
  return kOk;
}

int import(const CommandLine& line, const Asked& asked) {
  const auto terms = terms_of(asked);
  if (!terms) return kUsage;
  if (is_terminal_in())
    complain("type or paste the key, then Ctrl-D (it is not taken from the command line)");
  const std::string text((std::istreambuf_iterator<char>(std::cin)),
                         std::istreambuf_iterator<char>());
  constexpr std::size_t kShort = 16;
  if (base::trim(text).size() < kShort)
    complain("that is short enough to be guessed; replace it when you can");
  Instance instance(line.config());
  const auto id = instance.accounts->import_key(asked.account_id, asked.name, text, terms->scopes,
                                                terms->expires_at);
  if (!id) return refuse(id.error());
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("key_id").value(*id).end_object();
    print_line(json.text());
  } else {
    print_line(fmt::format("Key {} stored as a hash. Programs that hold it may call now.", *id));
  }
  return kOk;
}

std::string shown(const std::optional<base::Instant>& at) {
  return at ? base::to_iso_offset(*at) : std::string();
}

std::string state_of(const accounts::Key& key, base::Instant now) {
  if (key.revoked_at) return red("revoked");
  if (key.expires_at && *key.expires_at <= now) return yellow("expired");
  return green("active");
}

int list(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  if (!instance.accounts->exists(asked.account_id))
    return refuse(accounts::AccountError::UnknownAccount);
  std::vector<std::vector<std::string>> rows{
      {"KEY", "NAME", "BEGINS", "MAY", "STATE", "LAST USED", "EXPIRES"}};
  for (const auto& key : instance.accounts->list_keys(asked.account_id)) {
    if (line.json) {
      base::JsonWriter json;
      json.begin_object().key("key_id").value(key.key_id).key("name").value(key.name);
      json.key("prefix").value(key.prefix).key("scopes").value(accounts::scopes_text(key.scopes));
      json.key("created_at")
          .value(shown(key.created_at))
          .key("expires_at")
          .value_or_null(shown(key.expires_at));
      json.key("from").value_or_null(key.networks);
      json.key("revoked_at").value_or_null(shown(key.revoked_at));
      json.key("last_used_at").value_or_null(shown(key.last_used_at)).end_object();
      print_line(json.text());
    } else {
      rows.push_back({std::to_string(key.key_id), key.name, key.prefix + "...",
                      accounts::scopes_text(key.scopes), state_of(key, instance.clock().now()),
                      shown(key.last_used_at).substr(0, 16), shown(key.expires_at).substr(0, 10)});
    }
  }
  if (!line.json) {
    if (rows.size() == 1) {
      print_line(fmt::format("No keys. Make one: milepost key create --account {} --name shop",
                             asked.account_id));
    } else {
      print_table(rows);
    }
  }
  return kOk;
}

int revoke(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  if (!instance.accounts->revoke_key(asked.account_id, asked.key_id)) {
    complain("there is no such key, or it is revoked already");
    return kFailed;
  }
  print_line(line.json ? R"({"revoked":true})"
                       : "Revoked. A running server refuses it within a second.");
  return kOk;
}

}  // namespace

void add_key(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("key", "Make, import, list and revoke API keys");
  auto asked = std::make_shared<Asked>();
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* says,
                       int (*run)(const CommandLine&, const Asked&)) {
    auto* one = command->add_subcommand(name, says);
    one->add_option("--account", asked->account_id, "The account's id")
        ->required()
        ->type_name("ID");
    one->callback(
        [&line, asked, run] { line.run = [&line, asked, run] { return run(line, *asked); }; });
    return one;
  };
  const auto add_terms = [&](CLI::App* one) {
    one->add_option("--name", asked->name, "To tell it from others")->type_name("N");
    one->add_option("--scopes", asked->scopes,
                    "read, write, webhooks, privacy; all: read and write (default)")
        ->type_name("...");
    one->add_option("--expires", asked->expires, "When it stops working")->type_name("DATE");
  };
  auto* creating = add("create", "Make a key and show it, once", create);
  add_terms(creating);
  creating
      ->add_option("--from", asked->networks,
                   "Networks it works from (203.0.113.0/24); any if none")
      ->type_name("CIDR");
  auto* importing =
      add("import", "Accept a key that programs hold already; read from standard input", import);
  add_terms(importing);
  importing->footer("  milepost key import --account 1001 --name old-shop < key.txt");
  add("list", "List an account's keys", list);
  add("revoke", "Refuse a key from now on", revoke)
      ->add_option("--key", asked->key_id, "The key's id")
      ->required()
      ->type_name("ID");
}

}  // namespace app

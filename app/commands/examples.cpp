#include "app/commands/commands.h"

namespace app {
namespace {

struct Example {
  std::string_view command;
  std::string_view text;
};

// For the commands whose help says nothing more by itself.
constexpr Example kExamples[] = {
    {"billing", "  milepost billing plan --account 1001"},
    {"billing prices", "  milepost billing prices --json"},
    {"billing contact",
     "  milepost billing contact --account 1001 --from contact.txt    # lines such as: name = Ann"},
    {"billing plan", "  milepost billing plan --account 1001 --tariff shop --cycle annual"},
    {"billing pause", "  milepost billing pause --account 1001"},
    {"billing resume", "  milepost billing resume --account 1001"},
    {"billing end", "  milepost billing end --account 1001"},
    {"billing invoices", "  milepost billing invoices --account 1001 --json"},
    {"billing pay", "  milepost billing pay --account 1001 --invoice ID"},
    {"billing paid", "  milepost billing paid --account 1001 --invoice ID"},
    {"mailbox", "  milepost mailbox list --account 1001"},
    {"mailbox link",
     "  milepost mailbox link --account 1001 --address you@example.org --server imap.example.org "
     "--password-file app-password --agree"},
    {"mailbox list", "  milepost mailbox list --account 1001 --json"},
    {"mailbox sync", "  milepost mailbox sync --account 1001 --mailbox ID"},
    {"mailbox unlink", "  milepost mailbox unlink --account 1001 --mailbox ID"},
    {"couriers list", "  milepost couriers list post --country NL"},
    {"couriers show", "  milepost couriers show usps --json"},
    {"carriers", "  milepost carriers list"},
    {"carriers list", "  milepost carriers list --json"},
    {"carriers show", "  milepost carriers show ups"},
    {"carriers coverage", "  milepost carriers coverage --markdown >docs/carriers.md"},
    {"carriers check",
     "  milepost carriers check my-carrier           exit code 1 when anything differs"},
    {"carriers new", "  milepost carriers new my-carrier && milepost carriers check my-carrier"},
    {"carriers try",
     "  milepost carriers try ups answer.json --http-status 200 --json\n"
     "  milepost carriers try postnl --number 3SDEVC1234567 --postcode 1012AB --country NL"},
    {"account", "  milepost account create --email you@example.com"},
    {"account create", "  milepost account create --email you@example.com --plan basic --json"},
    {"account list", "  milepost account list --json"},
    {"account plans", "  milepost account plans"},
    {"account plan", "  milepost account plan --account 1001 --plan pro"},
    {"account agree",
     "  milepost account agree --account 1001 --basis order --categories name,e-mail,order"},
    {"account suspend",
     "  milepost account suspend --account 1001 --ground counting --reason '4,000 numbers in a "
     "row' "
     "--as boss@example.com"},
    {"account resume", "  milepost account resume --account 1001"},
    {"person", "  milepost person add --email you@example.com --name You"},
    {"person add", "  milepost person add --email you@example.com --account 1001 --json"},
    {"person list", "  milepost person list --json"},
    {"person reset-password",
     "  milepost person reset-password --email you@example.com    when mail does not work"},
    {"person suspend", "  milepost person suspend --email you@example.com"},
    {"person resume", "  milepost person resume --email you@example.com"},
    {"person remove", "  milepost person remove --email you@example.com --yes"},
    {"key", "  milepost key create --account 1001 --name shop --scopes read"},
    {"key create", "  milepost key create --account 1001 --name shop --expires 2027-12-31"},
    {"key list", "  milepost key list --account 1001"},
    {"key revoke", "  milepost key revoke --account 1001 --key 2"},
    {"shipments", "  milepost shipments import --account 1001 --format v4 trackings.json"},
    {"carriers coverage", "  milepost carriers coverage --markdown > docs/carriers.md"},
    {"notify", "  milepost notify preview --trigger delivered --lang nl"},
    {"notify matrix", "  milepost notify matrix show --account 1001"},
    {"notify recipients", "  milepost notify recipients list --account 1001 --shipment ID"},
    {"notify rooms", "  milepost notify rooms list --account 1001"},
    {"notify words", "  milepost notify words list --account 1001"},
    {"inbound list", "  milepost inbound list --account 1001"},
    {"inbound remove", "  milepost inbound remove --account 1001 --door 2"},
    {"channels", "  milepost channels list"},
    {"channels list", "  milepost channels list --json"},
    {"channels push-key", "  milepost channels push-key push.key"},
    {"mail", "  milepost mail test --to me@example.com"},
    {"mail dns", "  milepost mail dns --config milepost.toml"},
    {"mail key", "  milepost mail key dkim.pem"},
    {"privacy", "  milepost privacy record --format markdown"},
    {"privacy record", "  milepost privacy record --format json"},
    {"privacy assessment", "  milepost privacy assessment >assessment.md"},
    {"privacy cases", "  milepost privacy cases --json                    the most urgent first"},
    {"privacy access", "  milepost privacy access --address ann@example.com --format csv"},
    {"privacy erase",
     "  milepost privacy erase --address ann@example.com          says how much; --yes does it"},
    {"privacy prove-erasure",
     "  milepost privacy prove-erasure --address ann@example.com  exit code 1 when a byte is left"},
    {"privacy case", "  milepost privacy case R-0AB3-91F2-77F0 --account 1001 --perform"},
    {"privacy lift", "  milepost privacy lift --address ann@example.com --account 1001"},
    {"privacy lawful",
     "  milepost privacy lawful --account 1001 --address ann@example.com --purpose ServeController "
     "--at 2026-01-02T09:00:00Z"},
    {"privacy decisions", "  milepost privacy decisions --account 1001"},
    {"privacy export", "  milepost privacy export --address ann@example.com ann.json"},
    {"privacy import", "  milepost privacy import --account 1001 ann.json"},
    {"privacy invite", "  milepost privacy invite --account 1001"},
    {"privacy transfer",
     "  milepost privacy transfer --address ann@example.com --to "
     "'https://b.example/rights/transfer/...#...'"},
    {"privacy retention", "  milepost privacy retention"},
    {"privacy text", "  milepost privacy text policy --language nl"},
    {"webhook",
     "  milepost webhook add --account 1001 --url https://shop.example/hook --statuses delivered"},
    {"webhook add",
     "  milepost webhook add --account 1001 --url https://shop.example/hook --statuses "
     "delivered,exception"},
    {"webhook list", "  milepost webhook list --account 1001"},
    {"webhook test", "  milepost webhook test --account 1001 --webhook 1"},
    {"webhook rotate", "  milepost webhook rotate --account 1001 --webhook 1"},
    {"webhook pause", "  milepost webhook pause --account 1001 --webhook 1"},
    {"webhook resume", "  milepost webhook resume --account 1001 --webhook 1"},
    {"webhook remove", "  milepost webhook remove --account 1001 --webhook 1"},
    {"webhook deliveries", "  milepost webhook deliveries --account 1001 --webhook 1 --most 20"},
    {"webhook dead", "  milepost webhook dead --account 1001"},
    {"webhook replay",
     "  milepost webhook replay --account 1001 --webhook 1 --from 2026-03-20T08:00:00Z"},
    {"config", "  milepost config example > milepost.toml && milepost config check milepost.toml"},
    {"config check",
     "  milepost config check milepost.toml          exit code 2 when there is a mistake"},
    {"config show", "  milepost config show --config milepost.toml"},
    {"config example", "  milepost config example > milepost.toml"},
    {"migrate", "  milepost migrate --check                     before an upgrade"},
    {"version", "  milepost version --json"},
};

CLI::App* find(CLI::App& app, std::string_view path) {
  CLI::App* at = &app;
  while (!path.empty()) {
    const auto word = path.substr(0, path.find(' '));
    at = at->get_subcommand(std::string(word));
    path.remove_prefix(std::min(path.size(), word.size() + 1));
  }
  return at;
}

}  // namespace

void add_examples(CLI::App& app) {
  for (const auto& example : kExamples)
    find(app, example.command)->footer(std::string(example.text));
}

}  // namespace app

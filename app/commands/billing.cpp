#include "app/billing.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include "app/commands/commands.h"
#include "app/egress.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"

namespace app {
namespace {

using billing::ContactForm, billing::Subscriptions;

struct Asked {
  std::int64_t account_id = 0;
  std::string tariff, cycle = "monthly", invoice, from;
};

struct Counter {
  explicit Counter(const CommandLine& line)
      : config(line.config()),
        instance(config),
        egress(processors_of(config, mistakes), nullptr, {}) {
    instance.egress = &egress;
    billing.emplace(instance, config);
  }
  template <class F>
  auto write(F work) {
    return instance.database->write_now([&](store::Tx& tx) { return work(tx); });
  }

  const Config config;
  std::vector<Mistake> mistakes;
  Instance instance;
  const Egress egress;
  std::optional<Billing> billing;
};

int off() {
  complain("billing is off, or has no price list (billing.provider and billing.prices)");
  return kFailed;
}

std::string day(base::Instant at) { return base::to_iso_offset(at).substr(0, 10); }

std::string amount(const billing::Money& money) {
  return fmt::format("{} {}", billing::decimal(money), money.currency.code());
}

// ---- Contact

// What each line of the file may begin with, and where it goes.
constexpr std::pair<std::string_view, std::string_view ContactForm::*> kLines[] = {
    {"name", &ContactForm::name},
    {"email", &ContactForm::email},
    {"company", &ContactForm::company},
    {"vat_number", &ContactForm::vat_number},
    {"order_reference", &ContactForm::order_reference},
    {"first_line", &ContactForm::first_line},
    {"second_line", &ContactForm::second_line},
    {"postcode", &ContactForm::postcode},
    {"city", &ContactForm::city},
    {"region", &ContactForm::region},
    {"country", &ContactForm::country}};

std::string read_all(const std::string& file) {
  if (file == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// "name = Ann de Vries", a value a line. False: a line that begins with none of the words.
bool read_form(std::string_view text, ContactForm& form) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto one = base::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.empty() || one.starts_with('#')) continue;
    const auto equals = one.find('=');
    if (equals == std::string_view::npos) return false;
    const auto word = base::trim(one.substr(0, equals));
    const auto* const found =
        std::ranges::find(kLines, word, [](const auto& known) { return known.first; });
    if (found == std::end(kLines)) return false;
    form.*(found->second) = base::trim(one.substr(equals + 1));
  }
  return true;
}

int show_contact(Counter& counter, const CommandLine& line, std::int64_t account_id) {
  const auto contact = counter.instance.database->read_now(
      [&](store::Tx& tx) { return counter.billing->contacts().find(tx, account_id); });
  if (!contact) {
    complain("nobody is named yet: milepost billing contact --account N --from FILE");
    return kFailed;
  }
  personal::Access<personal::Purpose::KeepAccount> books(*counter.instance.ledger,
                                                         {personal::ActorKind::CommandLine, 0},
                                                         account_id, "billing.contact.show");
  const std::string* values[] = {&open(contact->name, books),
                                 &open(contact->email, books),
                                 &open(contact->company, books),
                                 &open(contact->vat_number, books),
                                 &open(contact->order_reference, books),
                                 &open(contact->first_line, books),
                                 &open(contact->second_line, books),
                                 &open(contact->postcode, books),
                                 &open(contact->city, books),
                                 &open(contact->region, books),
                                 &open(contact->country, books)};
  base::JsonWriter json;
  json.begin_object();
  for (std::size_t i = 0; i < std::size(values); ++i) {
    if (line.json) {
      json.key(kLines[i].first).value_or_null(*values[i]);
    } else if (!values[i]->empty()) {
      print_line(fmt::format("{} = {}", kLines[i].first, *values[i]));
    }
  }
  if (line.json) print_line(json.end_object().text());
  return kOk;
}

int contact(const CommandLine& line, const Asked& asked) {
  Counter counter(line);
  if (asked.from.empty()) return show_contact(counter, line, asked.account_id);
  const auto text = read_all(asked.from);
  ContactForm form;
  if (!read_form(text, form)) {
    complain(
        "each line is WORD = VALUE; the words are name, email, company, vat_number, "
        "order_reference, first_line, second_line, postcode, city, region and country");
    return kUsage;
  }
  const auto put = counter.write(
      [&](store::Tx& tx) { return counter.billing->contacts().put(tx, asked.account_id, form); });
  if (put) {
    print_line("Kept, each value sealed by itself.");
    return kOk;
  }
  complain(billing::describe(put.error()));
  return kFailed;
}

// ---- Plans

int prices(const CommandLine& line, const Asked&) {
  Counter counter(line);
  const auto* list = counter.billing->prices();
  if (list == nullptr) return off();
  const auto now = counter.instance.clock().now();
  std::vector<std::vector<std::string>> rows{{"PLAN", "MONTHLY", "ANNUAL", "OFFERS NOW"}};
  for (const auto& tariff : list->tariffs()) {
    std::string offers;
    for (const auto& offer : list->running(now))
      if (offer.is_for(tariff.id, offer.cycle))
        offers += fmt::format("{}{}: {} % off {} {} periods until {}", offers.empty() ? "" : "; ",
                              offer.title, offer.percent_off, offer.periods,
                              billing::word(offer.cycle), base::to_iso_offset(offer.ends));
    const auto monthly = amount({tariff.monthly, list->currency()});
    const auto annual = amount({tariff.annual, list->currency()});
    if (line.json) {
      base::JsonWriter json;
      json.begin_object().key("plan").value(tariff.id).key("monthly").value(monthly);
      json.key("annual").value(annual).key("offers").value(offers).end_object();
      print_line(json.text());
    }
    rows.push_back({tariff.id, monthly, annual, offers});
  }
  if (!line.json) print_table(rows);
  return kOk;
}

int tell(Counter& counter, const CommandLine& line, const billing::Subscribed& row) {
  const auto& s = row.subscription;
  const auto* state = s.is_ended ? "ended" : s.paused_at ? "paused" : "running";
  const auto balance = amount({row.balance, counter.billing->prices()->currency()});
  const auto invoice = row.invoice ? row.invoice->hex() : std::string();
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("plan").value(s.tariff).key("cycle").value(billing::word(s.cycle));
    json.key("state").value(state).key("until").value(base::to_iso_offset(s.period.ends));
    json.key("discounts_left").value(s.discounts_left).key("balance").value(balance);
    json.key("invoice").value_or_null(invoice).end_object();
    print_line(json.text());
    return kOk;
  }
  print_line(fmt::format("{}, {}: {}, paid for until {}; {} discounts left; {} to its credit",
                         s.tariff, billing::word(s.cycle), state, day(s.period.ends),
                         s.discounts_left, balance));
  if (!invoice.empty()) print_line("Invoice " + invoice);
  return kOk;
}

using Move = Subscriptions::Done (*)(Subscriptions&, store::Tx&, const Asked&);

int moved(const CommandLine& line, const Asked& asked, Move move) {
  Counter counter(line);
  auto* all = counter.billing->subscriptions();
  if (all == nullptr) return off();
  if (!billing::cycle_named(asked.cycle)) {
    complain("--cycle is monthly or annual");
    return kUsage;
  }
  const auto done = counter.write([&](store::Tx& tx) { return move(*all, tx, asked); });
  if (done) return tell(counter, line, *done);
  complain(billing::describe(done.error()));
  return kFailed;
}

int plan(const CommandLine& line, const Asked& asked) {
  return moved(line, asked, [](Subscriptions& all, store::Tx& tx, const Asked& a) {
    if (a.tariff.empty()) {
      auto found = all.find(tx, a.account_id);
      return found ? Subscriptions::Done(std::move(*found))
                   : Subscriptions::Done(base::Failure{Subscriptions::Fault{}});
    }
    const auto cycle = *billing::cycle_named(a.cycle);
    const auto before = all.find(tx, a.account_id);
    return before && !before->subscription.is_ended ? all.change(tx, a.account_id, a.tariff, cycle)
                                                    : all.start(tx, a.account_id, a.tariff, cycle);
  });
}
int pause(const CommandLine& line, const Asked& asked) {
  return moved(line, asked, [](Subscriptions& all, store::Tx& tx, const Asked& a) {
    return all.pause(tx, a.account_id);
  });
}
int resume(const CommandLine& line, const Asked& asked) {
  return moved(line, asked, [](Subscriptions& all, store::Tx& tx, const Asked& a) {
    return all.resume(tx, a.account_id);
  });
}
int end(const CommandLine& line, const Asked& asked) {
  return moved(line, asked, [](Subscriptions& all, store::Tx& tx, const Asked& a) {
    return all.end(tx, a.account_id);
  });
}

// ---- Invoices

int invoices(const CommandLine& line, const Asked& asked) {
  constexpr int kMost = 1'000;
  Counter counter(line);
  auto* desk = counter.billing->desk();
  if (desk == nullptr) return off();
  const auto all = counter.instance.database->read_now(
      [&](store::Tx& tx) { return desk->invoices().list(tx, asked.account_id, kMost); });
  std::vector<std::vector<std::string>> rows{{"INVOICE", "DAY", "TOTAL", "STATE"}};
  for (const auto& one : all) {
    const std::string state(billing::word(one.state));
    if (line.json) {
      base::JsonWriter json;
      json.begin_object().key("invoice").value(one.id.hex());
      json.key("at")
          .value(base::to_iso_offset(one.created_at))
          .key("total")
          .value(amount(one.total));
      json.key("state").value(state).end_object();
      print_line(json.text());
    }
    rows.push_back({one.id.hex(), day(one.created_at), amount(one.total), state});
  }
  if (!line.json) print_table(rows);
  return kOk;
}

int pay(const CommandLine& line, const Asked& asked) {
  Counter counter(line);
  auto* desk = counter.billing->desk();
  const auto id = base::Id::parse(asked.invoice);
  if (desk == nullptr) return off();
  const auto begun = id ? base::sync_wait(desk->begin(asked.account_id, *id))
                        : base::Failure{billing::Desk::Begin{}};
  if (begun) {
    print_line(begun->page.empty() ? "To be paid by other means, naming " + begun->reference
                                   : begun->page);
    return kOk;
  }
  const auto& fault = begun.error();
  complain(fault.why == billing::BeginFault::NoInvoice ? "this account has no such invoice"
           : fault.why == billing::BeginFault::Paid    ? "this invoice is paid"
                                                       : billing::describe(fault.provider));
  return kFailed;
}

int paid(const CommandLine& line, const Asked& asked) {
  Counter counter(line);
  auto* desk = counter.billing->desk();
  const auto id = base::Id::parse(asked.invoice);
  if (desk == nullptr) return off();
  const bool is_done = id && counter.write([&](store::Tx& tx) {
    return desk->paid_by_hand(tx, asked.account_id, *id);
  });
  if (!is_done) {
    complain("this account has no such invoice that is open");
    return kFailed;
  }
  print_line("Paid.");
  return kOk;
}

}  // namespace

void add_billing(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("billing", "Plans, invoices and whom they are for");
  auto asked = std::make_shared<Asked>();
  command->require_subcommand(1);
  const auto add_word = [&](const char* name, const char* text,
                            int (*run)(const CommandLine&, const Asked&), bool is_of_account) {
    auto* one = command->add_subcommand(name, text);
    if (is_of_account)
      one->add_option("--account", asked->account_id, "The account's id")
          ->required()
          ->type_name("ID");
    one->callback(
        [&line, asked, run] { line.run = [&line, asked, run] { return run(line, *asked); }; });
    return one;
  };
  add_word("prices", "What plans cost, and the offers that run now", prices, false);
  add_word("contact", "Whom an account's invoices are for", contact, true)
      ->add_option("--from", asked->from, "Lines of WORD = VALUE; -: typed; left out: shown")
      ->type_name("FILE");
  auto* planning = add_word("plan", "The plan an account is on; begin or change it", plan, true);
  planning->add_option("--tariff", asked->tariff, "The plan; left out: shown")->type_name("PLAN");
  planning->add_option("--cycle", asked->cycle, "monthly or annual")->type_name("CYCLE");
  add_word("pause", "Let the period stand still", pause, true);
  add_word("resume", "Let it go on", resume, true);
  add_word("end", "End the plan; what is not used is to the account's credit", end, true);
  add_word("invoices", "The newest first", invoices, true);
  for (auto* one : {add_word("pay", "Where an invoice is paid", pay, true),
                    add_word("paid", "The money of an invoice was seen", paid, true)})
    one->add_option("--invoice", asked->invoice, "The invoice's id")->required()->type_name("ID");
}

}  // namespace app

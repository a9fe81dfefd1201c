#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

#include "accounts/processing_terms.h"
#include "api/v4/exchange.h"
#include "api/v4/tracking_json.h"
#include "app/commands/commands.h"
#include "app/commands/reprocess.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"

namespace app {
namespace {

using shipments::Shipment;

constexpr std::size_t kBatch = 200;
constexpr std::size_t kChunk = 256 << 10;
constexpr std::size_t kMistakesTold = 10;

struct Asked {
  std::int64_t account_id = 0;
  std::string format = "v4";
  std::string file;
};

// ---- In

struct Counts {
  std::uint64_t read = 0, stored = 0, known = 0, refused = 0;
  std::map<std::string, std::uint64_t> left_out;  // keys that the account may not pass on
};

class Importer {
 public:
  Importer(Instance& instance, std::int64_t account_id, accounts::ProcessingTerms terms)
      : instance_(instance), account_id_(account_id), terms_(std::move(terms)) {}

  void take(std::string_view json) {
    ++counts_.read;
    auto imported = api::v4::import_tracking(
        json, instance_.clock().now(),
        [this](std::string_view category) { return terms_.covers(category); });
    if (!imported) {
      refuse(imported.error());
      return;
    }
    for (const auto& key : imported->left_out) ++counts_.left_out[key];
    imported->shipment.head.account_id = account_id_;
    waiting_.push_back(std::move(imported->shipment));
    if (waiting_.size() == kBatch) store();
  }

  // Stores what is waiting, in one transaction. A shipment that is there already, by its id or by
  // its number and courier, is left as it is: an import that was interrupted is simply begun again.
  void store() {
    if (waiting_.empty()) return;
    instance_.vault->prepare(account_id_);
    std::vector<std::string> sealed;
    for (auto& shipment : waiting_) {
      if (!shipment.body.envelope().is_empty())
        shipment.head.subject = instance_.vault->new_subject_now(account_id_);
      const auto envelope = shipment.body.envelope();
      instance_.shipments->note_addresses(shipment.head, envelope);
      sealed.push_back(instance_.shipments->seal(shipment.head, envelope));
    }
    const auto now = instance_.clock().now();
    const auto is_stored = instance_.database->write_now([&](store::Tx& tx) {
      std::vector<bool> outcome;
      for (std::size_t i = 0; i < waiting_.size(); ++i) {
        outcome.push_back(instance_.shipments->insert(tx, waiting_[i].head, sealed[i], now) ==
                          shipments::Repository::Inserted::Yes);
      }
      return outcome;
    });
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      ++(is_stored[i] ? counts_.stored : counts_.known);
      const auto subject = waiting_[i].head.subject;
      if (!is_stored[i] && subject != 0) instance_.vault->give_back(account_id_, subject);
    }
    waiting_.clear();
  }

  const Counts& counts() const { return counts_; }

 private:
  void refuse(const std::string& why) {
    if (++counts_.refused <= kMistakesTold)
      complain(fmt::format("object {}: {}", counts_.read, why));
    if (counts_.refused == kMistakesTold) complain("further refusals are counted, not told");
  }

  Instance& instance_;
  std::int64_t account_id_;
  accounts::ProcessingTerms terms_;
  std::vector<Shipment> waiting_;
  Counts counts_;
};

int tell(const CommandLine& line, const Counts& counts, bool is_whole) {
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("read").value(counts.read).key("stored").value(counts.stored);
    json.key("already_there").value(counts.known).key("refused").value(counts.refused);
    json.key("left_out").begin_object();
    for (const auto& [key, count] : counts.left_out) json.key(key).value(count);
    json.end_object();
    json.key("complete").value(is_whole).end_object();
    print_line(json.text());
  } else {
    print_line(fmt::format("{} read: {} stored, {} already there, {} refused.", counts.read,
                           counts.stored, counts.known, counts.refused));
    for (const auto& [key, count] : counts.left_out)
      print_line(
          dim(fmt::format("{} left out of {}: it is not among what may be passed on", key, count)));
  }
  if (!is_whole)
    complain(
        "the file ends in the middle, or is no array of v4 tracking objects; what was whole is "
        "stored");
  return is_whole && counts.refused == 0 ? kOk : kFailed;
}

int import(const CommandLine& line, const Asked& asked) {
  std::ifstream in(asked.file, std::ios::binary);
  if (!in) {
    complain(fmt::format("{} cannot be read", asked.file));
    return kFailed;
  }
  std::error_code unknown;
  const auto size = std::filesystem::file_size(asked.file, unknown);
  Instance instance(line.config());
  if (!instance.accounts->exists(asked.account_id)) {
    complain(accounts::describe(accounts::AccountError::UnknownAccount));
    return kFailed;
  }
  auto terms = instance.database->read_now(
      [&](store::Tx& tx) { return accounts::processing_terms(tx, asked.account_id); });
  if (!terms) {
    complain(fmt::format(
        "account {0} has not agreed to the terms of processing, so nobody else's data may be "
        "brought in (GDPR Art. 28(3)): milepost account agree --account {0} --basis order "
        "--categories name,e-mail,phone,postcode,order,free-text",
        asked.account_id));
    return kFailed;
  }
  Importer importer(instance, asked.account_id, std::move(*terms));
  api::v4::ArraySplitter splitter;
  Progress progress("importing", unknown ? 0 : size);
  std::string chunk(kChunk, '\0');
  std::uint64_t read = 0;
  while (!splitter.is_broken() && (in.read(chunk.data(), kChunk), in.gcount() > 0)) {
    const auto got = static_cast<std::size_t>(in.gcount());
    splitter.feed(std::string_view(chunk).substr(0, got));
    for (auto object = splitter.next(); !object.empty(); object = splitter.next())
      importer.take(object);
    progress.show(read += got);
  }
  importer.store();
  return tell(line, importer.counts(), splitter.is_at_end() && !splitter.is_broken());
}

// ---- Out

// Where an export stands: after the shipment created then, with this id.
struct Position {
  base::Instant created_at{};
  base::Id id;
};

// The last whole line of an interrupted export tells where it stopped; what follows it is cut off.
Position resume(const std::string& partial, Instance& instance, std::int64_t account_id,
                std::uint64_t& count) {
  std::ifstream in(partial, std::ios::binary);
  std::string text;
  std::streamoff whole = 0;
  std::string last;
  while (std::getline(in, text) && !in.eof()) {
    whole += static_cast<std::streamoff>(text.size()) + 1;
    const auto begin = text.find('{');
    if (begin == std::string::npos) continue;
    last = text.substr(begin);
    ++count;
  }
  in.close();
  // Without one whole shipment it begins anew, bracket and all.
  std::filesystem::resize_file(partial, last.empty() ? 0 : static_cast<std::uintmax_t>(whole));
  if (last.empty()) return {};
  const auto shipment = api::v4::parse_tracking(last, instance.clock().now());
  if (!shipment)
    throw std::runtime_error(partial + " is not an export of Milepost's; remove it to begin anew");
  // The text has seconds, the row microseconds: ask the row.
  const auto row = instance.database->read_now(
      [&](store::Tx& tx) { return instance.shipments->find(tx, account_id, shipment->head.id); });
  return {row ? row->head.created_at : shipment->head.created_at + std::chrono::seconds(1),
          shipment->head.id};
}

int export_all(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  if (!instance.accounts->exists(asked.account_id)) {
    complain(accounts::describe(accounts::AccountError::UnknownAccount));
    return kFailed;
  }
  const couriers::Catalogue catalogue;
  const bool is_stdout = asked.file == "-";
  const auto partial = asked.file + ".partial";
  std::uint64_t count = 0;
  Position at;
  std::ofstream file;
  const bool is_resumed = !is_stdout && std::filesystem::exists(partial);
  if (is_resumed) {
    at = resume(partial, instance, asked.account_id, count);
    complain(fmt::format("going on after {} shipments of an interrupted export", count));
  }
  if (!is_stdout) {
    const auto mask = ::umask(0077);  // people's names and addresses
    file.open(partial, std::ios::binary | std::ios::app);
    ::umask(mask);
    if (!file) {
      complain(fmt::format("{} cannot be written", partial));
      return kFailed;
    }
  }
  const auto write = [&](std::string_view text) {
    if (is_stdout) {
      print(text);
    } else {
      file.write(text.data(), static_cast<std::streamsize>(text.size()));
    }
  };
  if (!is_resumed || count == 0) write("[\n");

  const personal::Actor operator_here{personal::ActorKind::CommandLine, 0};
  Progress progress("exported", 0);
  while (true) {
    const auto page = instance.database->read_now([&](store::Tx& tx) {
      return instance.shipments->list_after(tx, asked.account_id, at.created_at, at.id,
                                            static_cast<int>(kBatch));
    });
    if (page.empty()) break;
    api::v4::ControllerAccess access(*instance.ledger, operator_here, asked.account_id,
                                     "shipments.export");
    for (const auto& shipment : page) {
      base::JsonWriter json(2048);
      api::v4::write_tracking(json, shipment, catalogue, access);
      // The comma leads, so that every line but the first and last can be the last one written.
      write(count++ == 0 ? "" : ",");
      write(json.text());
      write("\n");
    }
    at = {page.back().head.created_at, page.back().head.id};
    file.flush();
    progress.show(count);
  }
  write("]\n");
  if (!is_stdout) {
    file.close();
    if (!file) {
      complain(fmt::format("{} could not be written to its end", partial));
      return kFailed;
    }
    std::filesystem::rename(partial, asked.file);
    if (line.json) {
      base::JsonWriter json;
      json.begin_object().key("exported").value(count).key("file").value(asked.file).end_object();
      print_line(json.text());
    } else {
      print_line(fmt::format("{} shipments in {}.", count, asked.file));
    }
  }
  return kOk;
}

}  // namespace

void add_shipments(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("shipments", "Move whole shipments in and out");
  auto asked = std::make_shared<Asked>();
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* says,
                       int (*run)(const CommandLine&, const Asked&)) {
    auto* one = command->add_subcommand(name, says);
    one->add_option("--account", asked->account_id, "The account's id")
        ->required()
        ->type_name("ID");
    one->add_option("--format", asked->format, "v4: TrackingMore v4 tracking objects")
        ->check(CLI::IsMember({"v4"}))
        ->type_name("FORM");
    one->callback(
        [&line, asked, run] { line.run = [&line, asked, run] { return run(line, *asked); }; });
    return one;
  };
  auto* importing =
      add("import", "Take an array of tracking objects; ids, statuses and times are kept", import);
  importing->add_option("FILE", asked->file, "The file")->required();
  importing->footer(
      "Interrupted? Run it again: what is there already is left as it is.\n"
      "Into another shop's account (account create --for-another) data comes only once it agreed "
      "to "
      "the terms of\nprocessing, and only the categories it named: milepost account agree. What is "
      "beyond them is left out and\ncounted; an object with a payment card's number is refused.");
  auto* exporting =
      add("export", "Write all shipments as an array of tracking objects", export_all);
  exporting->add_option("FILE", asked->file, "The file; - for standard output (default)")
      ->default_val("-");
  exporting->footer(
      "Interrupted? Run it again: it goes on behind FILE.partial's last whole line.\n"
      "The file holds people's names and addresses in clear: it is readable by you alone, keep it "
      "so.");
  auto* again = command->add_subcommand(
      "reprocess",
      "Understand the answers that are still kept once more, after a table has changed");
  auto carrier = std::make_shared<std::string>();
  again->add_option("--carrier", *carrier, "Only the answers of this connector")->type_name("ID");
  again->footer(
      "  milepost shipments reprocess --carrier ups\n\n"
      "Answers are kept for a week at most. Nothing is asked; nothing that was heard since is "
      "undone.");
  again->callback([&line, carrier] {
    line.run = [&line, carrier] { return reprocess(line.config(), *carrier, line.json); };
  });
}

}  // namespace app

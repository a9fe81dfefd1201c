#include <filesystem>
#include <fstream>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "audit/log.h"
#include "base/json_writer.h"

namespace app {
namespace {

struct Asked {
  std::string folder;
  std::string key;
};

int tell(const CommandLine& line, const audit::Verdict& verdict) {
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("sound").value(verdict.is_sound()).key("entries").value(verdict.size);
    json.key("checkpoints").value(verdict.checkpoints).key("faults").begin_array();
    for (const auto& fault : verdict.faults) {
      json.begin_object().key("first").value(fault.first).key("end").value(fault.end);
      json.key("what").value(fault.what).end_object();
    }
    json.end_array().end_object();
    print_line(json.text());
  } else if (verdict.is_sound()) {
    print_line(fmt::format("{}: {} entries under {} signed checkpoints", green("sound"),
                           verdict.size, verdict.checkpoints));
  } else {
    print_line(fmt::format("{}: {} faults in {} entries", red("NOT sound"), verdict.faults.size(),
                           verdict.size));
    for (const auto& fault : verdict.faults) print_line("  " + fault.what);
  }
  return verdict.is_sound() ? kOk : kFailed;
}

// Nothing of the program's own is needed for this one: a folder and a key.
int verify_files(const CommandLine& line, const Asked& asked) {
  std::string key = asked.key;
  if (key.empty()) std::getline(std::ifstream(asked.folder + "/key"), key);
  if (!audit::is_verifier_key(key)) {
    complain(asked.key.empty() ? asked.folder + "/key is not there or no verifier key: give --key"
                               : "--key takes name+id+key, as milepost audit key prints it");
    return kUsage;
  }
  return tell(line, audit::verify(audit::files_reader(asked.folder),
                                  audit::checkpoints_in(asked.folder), key));
}

int verify(const CommandLine& line, const Asked& asked) {
  if (!asked.folder.empty()) return verify_files(line, asked);
  Instance instance(line.config());
  instance.audit->integrate();
  return tell(line, instance.audit->verify_all());
}

int print_checkpoint(const CommandLine& line, const Asked&) {
  Instance instance(line.config());
  instance.audit->integrate();
  const auto note = instance.audit->checkpoint();
  if (note.empty()) {
    complain("nothing has been logged yet");
    return kFailed;
  }
  print(note);
  return kOk;
}

int print_key(const CommandLine& line, const Asked&) {
  print_line(Instance(line.config()).signer->verifier_key());
  return kOk;
}

int write_files(const CommandLine& line, const Asked& asked) {
  Instance instance(line.config());
  instance.audit->integrate();
  if (instance.audit->checkpoint().empty()) {
    complain("nothing has been logged yet");
    return kFailed;
  }
  try {
    instance.audit->write_files(asked.folder);
  } catch (const std::filesystem::filesystem_error& error) {
    complain(error.what());
    return kFailed;
  }
  print_line(fmt::format("written; anyone can check it: milepost audit verify {}", asked.folder));
  return kOk;
}

}  // namespace

void add_audit(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("audit", "The log of what was done, and the proof of it");
  auto asked = std::make_shared<Asked>();
  command->require_subcommand(1);
  const auto add_one = [&](const char* name, const char* says,
                           int (*run)(const CommandLine&, const Asked&)) {
    auto* one = command->add_subcommand(name, says);
    one->callback(
        [&line, asked, run] { line.run = [&line, asked, run] { return run(line, *asked); }; });
    return one;
  };
  auto* verifying = add_one("verify", "Check every entry, tile and signature", verify);
  verifying->add_option("DIR", asked->folder, "A log's files; without it, this instance's own");
  verifying->add_option("--key", asked->key, "Its verifier key (default: DIR/key, if you trust it)")
      ->type_name("KEY");
  verifying->footer(
      "  milepost audit verify                        exit code 1 unless it is sound");
  add_one("checkpoint", "Print the newest signed head", print_checkpoint)
      ->footer(
          "  milepost audit checkpoint                    keep it elsewhere: it binds the past");
  add_one("key", "Print the key that others verify with", print_key)
      ->footer(
          "  milepost audit key                           whoever verifies needs it, from you");
  auto* writing = add_one("export", "Write the log as files (c2sp.org/tlog-tiles)", write_files);
  writing->add_option("DIR", asked->folder, "Where to")->required();
  writing->footer(
      "  milepost audit export audit-log              then: milepost audit verify audit-log");
  command->footer("  milepost audit verify");
}

}  // namespace app

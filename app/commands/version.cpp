#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/json_writer.h"

namespace app {

void add_version(CLI::App& app, CommandLine& line) {
  app.set_version_flag("--version", "milepost " MILEPOST_VERSION);
  app.add_subcommand("version", "What this program is")->callback([&line] {
    line.run = [&line] {
      if (line.json) {
        base::JsonWriter json;
        json.begin_object().key("name").value("milepost").key("version").value(MILEPOST_VERSION);
        json.key("api").begin_array().value("trackingmore-v4").end_array().end_object();
        print_line(json.text());
      } else {
        print_line("milepost " MILEPOST_VERSION);
      }
      return static_cast<int>(kOk);
    };
  });
}

}  // namespace app

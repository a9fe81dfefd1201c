#include <cstdlib>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/log.h"

namespace app {
namespace {

base::Level level_of(std::string_view word) {
  if (word == "debug") return base::Level::Debug;
  if (word == "warning") return base::Level::Warning;
  if (word == "error") return base::Level::Error;
  return base::Level::Info;
}

}  // namespace

Config CommandLine::config(bool is_server) const {
  auto loaded = load_config(config_file, data, process_environment());
  for (const auto& mistake : loaded.mistakes) complain(describe(mistake));
  if (!loaded.mistakes.empty()) std::exit(kUsage);
  const auto& c = loaded.config;
  base::open_log(
      c.log_file, c.log_form == "json" ? base::LogForm::Json : base::LogForm::Text,
      is_server ? level_of(c.log_level) : std::max(level_of(c.log_level), base::Level::Warning));
  return loaded.config;
}

}  // namespace app

// What the commands below `milepost notify` share.
#pragma once
#include <string>

#include "app/commands/commands.h"
#include "app/people_parts.h"

namespace app {

// What every one that needs the store stands on.
struct NotifyDesk {
  explicit NotifyDesk(const CommandLine& line);

  const Config config;
  Instance instance;
  const couriers::Catalogue catalogue;
  PeopleParts parts;
};

// A shop's own words out of a JSON file; a sentence when they are none.
base::Result<messages::Blocks, std::string> blocks_in(const std::string& path);

void add_notify_people(CLI::App& notify, CommandLine& line);
void add_notify_rooms(CLI::App& notify, CommandLine& line);

}  // namespace app

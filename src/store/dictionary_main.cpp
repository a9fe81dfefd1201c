// dictionary_check MIGRATIONS PRIVACY [STAMP]
//
// A step of the build: runs all migrations of MIGRATIONS/{main,keys} in an empty SQLite database in
// memory, compares its columns with PRIVACY/rooms/, and fails with one line for each fault.
// STAMP is written when all is well.
#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "store/dictionary.h"

namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path.string() + ": cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<fs::path> files_in(const fs::path& folder, std::string_view extension) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::vector<store::ColumnName> columns_after(const std::vector<fs::path>& migrations) {
  sqlite3* opened = nullptr;
  sqlite3_open(":memory:", &opened);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)> db(opened, sqlite3_close_v2);
  for (const fs::path& file : migrations) {
    if (sqlite3_exec(db.get(), read_file(file).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
      throw std::runtime_error(file.string() + ": " + sqlite3_errmsg(db.get()));
    }
  }
  std::vector<store::ColumnName> columns;
  const auto collect = [](void* to, int, char** values, char**) {
    static_cast<std::vector<store::ColumnName>*>(to)->push_back({values[0], values[1]});
    return 0;
  };
  sqlite3_exec(db.get(),
               "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_xinfo(t.name) c "
               "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
               collect, &columns, nullptr);
  return columns;
}

int run(const fs::path& migrations, const fs::path& privacy) {
  std::vector<store::RoomFile> rooms;
  for (const fs::path& file : files_in(privacy / "rooms", ".toml"))
    rooms.push_back({"rooms/" + file.filename().string(), read_file(file)});
  const std::string purposes = read_file(privacy / "purposes.toml");
  const std::string retention = read_file(privacy / "retention.toml");
  const store::Dictionary dictionary({std::move(rooms), purposes, retention});
  std::vector<std::string> faults = dictionary.faults();
  for (const char* schema : {"main", "keys"}) {
    const auto files = files_in(migrations / schema, ".sql");
    if (files.empty()) continue;
    const auto against = dictionary.faults_against(schema, columns_after(files));
    faults.insert(faults.end(), against.begin(), against.end());
  }
  for (const std::string& fault : faults) std::fprintf(stderr, "%s\n", fault.c_str());
  return faults.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: dictionary_check MIGRATIONS PRIVACY [STAMP]\n");
    return 2;
  }
  try {
    const int status = run(argv[1], argv[2]);
    if (status == 0 && argc > 3) std::ofstream(argv[3]) << "";
    return status;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

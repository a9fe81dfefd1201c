// For this room's tests: temporary folders that can be searched, migrated databases, and what a
// shipment's row needs.
#pragma once
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "personal/access.h"
#include "personal/fields.gen.h"
#include "personal/vault.h"
#include "store/database.h"
#include "store/migrations.h"
#include "store/testing.h"

namespace personal::testing {

class Folder {
 public:
  Folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "milepost_personal_XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  std::string file(std::string_view name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// The bytes of every file in these folders, each with its name.
inline std::vector<std::pair<std::string, std::string>> contents(
    const std::vector<std::string>& folders) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      all.emplace_back(entry.path().filename().string(),
                       std::string(std::istreambuf_iterator<char>(in), {}));
    }
  }
  return all;
}

// Of these, the files that hold the bytes, by name.
inline std::vector<std::string> holding(const std::vector<std::string>& folders,
                                        std::string_view bytes) {
  std::vector<std::string> found;
  for (const auto& [name, text] : contents(folders)) {
    if (text.find(bytes) != std::string::npos) found.push_back(name);
  }
  return found;
}

inline std::unique_ptr<store::Database> open_migrated(const std::string& url,
                                                      store::Schema schema) {
  store::Options options;
  options.url = url;
  auto database = store::Database::open(options);
  store::migrate(*database, schema, base::ManualClock().now());
  return database;
}

// A shipment's sealed body, as the shipments room writes it.
inline void insert_shipment(store::Database& main, std::int64_t account_id, std::string_view id,
                            SubjectId subject, std::string_view sealed) {
  main.write_now([&](store::Tx& tx) {
    tx.execute(
        "INSERT INTO shipments (account_id, id, tracking_number, courier_code, status, substatus, "
        "archived, source, created_at, updated_at, expires_at, subject, auto_correct, sealed) "
        "VALUES ($1, $2, $3, 'ups', 0, 0, 0, 0, 0, 0, 0, $4, 0, $5)",
        account_id, store::Blob{id}, id, subject, store::Blob{sealed});
  });
}

inline std::pair<SubjectId, std::string> read_shipment(store::Database& main,
                                                       std::int64_t account_id,
                                                       std::string_view id) {
  return main.read_now([&](store::Tx& tx) {
    auto rows = tx.query("SELECT subject, sealed FROM shipments WHERE account_id = $1 AND id = $2",
                         account_id, store::Blob{id});
    EXPECT_TRUE(rows.next());
    return std::pair(SubjectId{rows.integer(0)}, std::string(rows.blob(1)));
  });
}

inline RowIdentity shipment_row(std::int64_t account_id, std::string_view id) {
  return {"shipments", account_id, id};
}

inline Personal<std::string, field::CustomerEmail> email(std::string text,
                                                         Source source = Source::Shop) {
  return {std::move(text), Label(source)};
}

inline Envelope envelope_of(std::string text) {
  Envelope envelope;
  envelope.put(email(std::move(text)));
  return envelope;
}

}  // namespace personal::testing

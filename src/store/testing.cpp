#include "store/testing.h"

#include <libpq-fe.h>

#include <cstdlib>
#include <filesystem>

#include "base/random.h"
#include "base/text.h"

namespace store::testing {

namespace {

std::string server_url() {
  const char* url = std::getenv("MILEPOST_TEST_POSTGRES");
  return url ? url : "";
}

// CREATE DATABASE runs in no transaction, so Database cannot.
void on_server(const std::string& sql) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> db(PQconnectdb(server_url().c_str()),
                                                        PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(db.get(), sql.c_str()),
                                                             PQclear);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
    throw StoreError(PQerrorMessage(db.get()));
  }
}

// The same server, another database: the path of the URL.
std::string with_database(std::string url, const std::string& name) {
  const auto authority = url.find("://") + 3;
  const auto slash = std::min(url.find('/', authority), url.size());
  const auto query = std::min(url.find('?', authority), url.size());
  return url.substr(0, std::min(slash, query)) + "/" + name + url.substr(query);
}

}  // namespace

bool is_available(Engine engine) { return engine == Engine::Sqlite || !server_url().empty(); }

FreshDatabase::FreshDatabase(Engine engine) : engine_(engine) {
  if (!is_available(engine)) return;
  std::uint8_t random[8];
  base::fill_random(random);
  name_ = "milepost_test_" + base::to_hex(random);
  if (engine_ == Engine::Postgres) {
    on_server("CREATE DATABASE " + name_);
    url_ = with_database(server_url(), name_);
  } else {
    folder_ = (std::filesystem::temp_directory_path() / name_).string();
    std::filesystem::create_directory(folder_);
    url_ = "sqlite:" + folder_ + "/milepost.db";
  }
}

FreshDatabase::~FreshDatabase() {
  database_.reset();
  if (url_.empty()) return;
  try {
    if (engine_ == Engine::Postgres) {
      on_server("DROP DATABASE " + name_ + " WITH (FORCE)");
    } else {
      std::filesystem::remove_all(folder_);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cannot remove %s: %s\n", name_.c_str(), error.what());
  }
}

Options FreshDatabase::options() const {
  Options options;
  options.url = url_;
  return options;
}

Database& FreshDatabase::open() {
  if (!database_) database_ = Database::open(options());
  return *database_;
}

Loop::Loop() {
  thread_ = std::thread([this] {
    become_current(this);
    std::unique_lock lock(mutex_);
    for (;;) {
      work_.wait(lock, [this] { return stopping_ || !ready_.empty(); });
      if (ready_.empty()) return;
      std::deque<std::coroutine_handle<>> now;
      now.swap(ready_);
      lock.unlock();
      for (const auto h : now) h.resume();
      lock.lock();
    }
  });
}

Loop::~Loop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

void Loop::post(std::span<const std::coroutine_handle<>> ready) {
  // Notified under the lock: what is posted may be the last thing before the loop's end.
  const std::lock_guard lock(mutex_);
  ready_.insert(ready_.end(), ready.begin(), ready.end());
  ++posts_;
  work_.notify_one();
}

int Loop::posts() const {
  const std::lock_guard lock(mutex_);
  return posts_;
}

}  // namespace store::testing

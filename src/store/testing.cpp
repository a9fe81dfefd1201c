#include "store/testing.h"

#include <libpq-fe.h>

#include <cstdlib>
#include <filesystem>
#include <map>

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

std::string random_name(const char* kind) {
  std::uint8_t random[8];
  base::fill_random(random);
  return kind + base::to_hex(random);
}

std::string folder_of(const std::string& name) {
  return (std::filesystem::temp_directory_path() / name).string();
}

std::string url_of(Engine engine, const std::string& name) {
  return engine == Engine::Postgres ? with_database(server_url(), name)
                                    : "sqlite:" + folder_of(name) + "/milepost.db";
}

// `model`: of the one to copy; empty: an empty one.
void make(Engine engine, const std::string& name, const std::string& model) {
  if (engine == Engine::Postgres) {
    on_server("CREATE DATABASE " + name + (model.empty() ? "" : " TEMPLATE " + model));
  } else if (model.empty()) {
    std::filesystem::create_directory(folder_of(name));
  } else {
    std::filesystem::copy(folder_of(model), folder_of(name));
  }
}

void remove(Engine engine, const std::string& name) {
  try {
    if (engine == Engine::Postgres) {
      on_server("DROP DATABASE " + name + " WITH (FORCE)");
    } else {
      std::filesystem::remove_all(folder_of(name));
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cannot remove %s: %s\n", name.c_str(), error.what());
  }
}

// Databases that had their migrations and nothing else; nobody opens them again.
class Models {
 public:
  ~Models() {
    for (const auto& [key, name] : names_) remove(key.first, name);
  }
  const std::string& of(Engine engine, Schema schema) {
    const std::lock_guard lock(mutex_);
    auto& name = names_[{engine, schema}];
    if (name.empty()) {
      name = random_name("milepost_model_");
      make(engine, name, "");
      Options options;
      options.url = url_of(engine, name);
      const auto database = Database::open(options);
      migrate(*database, schema, base::from_micros(1));
      database->checkpoint();
    }
    return name;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<Engine, Schema>, std::string> names_;
};

Models& models() {
  static Models all;
  return all;
}

}  // namespace

bool is_available(Engine engine) { return engine == Engine::Sqlite || !server_url().empty(); }

FreshDatabase::FreshDatabase(Engine engine, std::optional<Schema> schema) : engine_(engine) {
  if (!is_available(engine)) return;
  name_ = random_name("milepost_test_");
  make(engine, name_, schema ? models().of(engine, *schema) : "");
  url_ = url_of(engine, name_);
  if (engine == Engine::Sqlite) folder_ = folder_of(name_);
}

FreshDatabase::~FreshDatabase() {
  database_.reset();
  if (!url_.empty()) remove(engine_, name_);
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

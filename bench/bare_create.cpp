// bench_bare_create --port N --db PATH
//
// The least that a durable "create" can cost on this stack, to compare Milepost with: Beast and
// coroutines on one I/O thread, five fields read with simdjson, one plain INSERT into one table
// with a unique (courier, number) and an index on the time, one SQLite writer that commits in
// groups (WAL, synchronous=FULL), and an answer only after the commit. No accounts, no quota, no
// validation worth the name, nothing sealed, no routes, no limits, no timeouts, no logs.
//
// POST /create {"tracking_number", "courier_code", "order_number", "title", "note"} -> 201
// {"id":..}, 409 when the number exists, 400 when it is no such JSON.
#include <simdjson.h>
#include <sqlite3.h>

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

// One create, on its way through the writer. Lives in the session's coroutine.
struct Create {
  std::string courier, number, order, title, note;
  std::int64_t id = 0;
  bool exists = false;
  // Emplaced, never assigned: Boost 1.81's assignment calls itself for ever.
  std::optional<asio::any_completion_handler<void()>> done;
};

class Writer {
 public:
  Writer(asio::io_context& io, const std::string& path) : io_(io) {
    if (sqlite3_open_v2(path.c_str(), &db_,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        nullptr) != SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(db_));
    }
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
        "PRAGMA mmap_size=268435456; PRAGMA wal_autocheckpoint=4000;"
        "CREATE TABLE IF NOT EXISTS shipments (id INTEGER PRIMARY KEY, courier TEXT NOT NULL, "
        "number TEXT NOT NULL, order_number TEXT, title TEXT, note TEXT, created_at INTEGER NOT "
        "NULL) STRICT;"
        "CREATE UNIQUE INDEX IF NOT EXISTS by_number ON shipments (courier, number);"
        "CREATE INDEX IF NOT EXISTS by_age ON shipments (created_at)");
    begin_ = prepare("BEGIN IMMEDIATE");
    commit_ = prepare("COMMIT");
    insert_ = prepare(
        "INSERT INTO shipments (courier, number, order_number, title, note, created_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    thread_ = std::thread([this] { loop(); });
  }

  ~Writer() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    work_.notify_one();
    thread_.join();
    for (sqlite3_stmt* statement : {begin_, commit_, insert_}) sqlite3_finalize(statement);
    sqlite3_close(db_);
  }

  // Completes on the I/O thread after the commit.
  auto insert(Create& create) {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
        [this, &create](auto handler) {
          create.done.emplace(std::move(handler));
          bool wake;
          {
            const std::lock_guard lock(mutex_);
            queue_.push_back(&create);
            wake = std::exchange(asleep_, false);
          }
          if (wake) work_.notify_one();
        },
        asio::use_awaitable);
  }

 private:
  void run(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(db_));
    }
  }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
        SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(db_));
    }
    return statement;
  }
  int step(sqlite3_stmt* statement) {
    const int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code;
  }

  void loop() {
    std::vector<Create*> group;
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        while (queue_.empty() && !stopping_) {
          asleep_ = true;
          work_.wait(lock);
        }
        asleep_ = false;
        if (queue_.empty()) return;
        group.swap(queue_);
      }
      if (step(begin_) != SQLITE_DONE) std::abort();
      for (Create* create : group) put(*create);
      if (step(commit_) != SQLITE_DONE) std::abort();
      // One wake-up for the whole group.
      asio::post(io_, [finished = std::move(group)]() mutable {
        for (Create* create : finished) std::move (*create->done)();
      });
      group = {};
    }
  }

  void put(Create& create) {
    const std::string* texts[] = {&create.courier, &create.number, &create.order, &create.title,
                                  &create.note};
    for (int i = 0; i < 5; ++i) {
      sqlite3_bind_text(insert_, i + 1, texts[i]->data(), static_cast<int>(texts[i]->size()),
                        SQLITE_STATIC);
    }
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    sqlite3_bind_int64(insert_, 6,
                       std::chrono::duration_cast<std::chrono::microseconds>(now).count());
    create.exists = step(insert_) != SQLITE_DONE;
    create.id = sqlite3_last_insert_rowid(db_);
  }

  asio::io_context& io_;
  sqlite3* db_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  std::mutex mutex_;
  std::condition_variable work_;
  std::vector<Create*> queue_;
  bool asleep_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

bool read_create(simdjson::ondemand::parser& parser, std::string& body, Create& create) {
  const std::size_t size = body.size();
  body.reserve(size + simdjson::SIMDJSON_PADDING);
  simdjson::ondemand::document document;
  if (parser.iterate(body.data(), size, body.capacity()).get(document)) return false;
  const std::pair<const char*, std::string*> fields[] = {{"tracking_number", &create.number},
                                                         {"courier_code", &create.courier},
                                                         {"order_number", &create.order},
                                                         {"title", &create.title},
                                                         {"note", &create.note}};
  for (const auto& [name, value] : fields) {
    std::string_view text;
    if (document[name].get_string().get(text)) return false;
    value->assign(text);
  }
  return !create.number.empty() && create.number.size() <= 64 && !create.courier.empty();
}

asio::awaitable<void> serve(tcp::socket socket, Writer& writer) {
  beast::flat_buffer buffer;
  simdjson::ondemand::parser parser;
  Create create;
  try {
    for (;;) {
      http::request<http::string_body> request;
      co_await http::async_read(socket, buffer, request, asio::use_awaitable);
      http::response<http::string_body> response(http::status::ok, request.version());
      if (request.method() != http::verb::post || request.target() != "/create") {
        response.result(http::status::not_found);
      } else if (!read_create(parser, request.body(), create)) {
        response.result(http::status::bad_request);
      } else {
        co_await writer.insert(create);
        response.result(create.exists ? http::status::conflict : http::status::created);
        response.set(http::field::content_type, "application/json");
        response.body() = "{\"id\":" + std::to_string(create.id) + "}";
      }
      response.keep_alive(request.keep_alive());
      response.prepare_payload();
      co_await http::async_write(socket, response, asio::use_awaitable);
      if (!request.keep_alive()) break;
    }
  } catch (const boost::system::system_error&) {  // the client left
  }
}

asio::awaitable<void> listen(tcp::acceptor& acceptor, Writer& writer) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), writer), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  unsigned short port = 0;
  std::string path;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--port") == 0)
      port = static_cast<unsigned short>(std::atoi(argv[i + 1]));
    if (std::strcmp(argv[i], "--db") == 0) path = argv[i + 1];
  }
  if (path.empty()) {
    std::fprintf(stderr, "usage: bench_bare_create --port N --db PATH\n");
    return 2;
  }
  asio::io_context io(1);
  Writer writer(io, path);
  tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), port));
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](auto, auto) { io.stop(); });
  asio::co_spawn(io, listen(acceptor, writer), asio::detached);
  std::printf("listening on %d\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  io.run();
  return 0;
}

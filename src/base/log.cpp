#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <chrono>
#include <memory>
#include <mutex>

#include "base/card_number.h"
#include "base/clock.h"
#include "base/json_writer.h"
#include "base/time.h"

namespace base {
namespace {

struct Sink {
  std::shared_ptr<spdlog::logger> logger;
  LogForm form = LogForm::Text;
  Level least = Level::Info;
};

// The log is the one process-wide thing of the house: it exists before configuration is read and
// after everything else has stopped.
Sink& sink() {
  // Never destroyed: what ends while the process does may have something to say.
  static Sink* const instance = [] {
    auto* s = new Sink;
    s->logger = std::make_shared<spdlog::logger>("milepost",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    s->logger->set_pattern("%v");
    return s;
  }();
  return *instance;
}

constexpr std::string_view name(Level level) {
  switch (level) {
    case Level::Debug:
      return "debug";
    case Level::Info:
      return "info";
    case Level::Warning:
      return "warning";
    case Level::Error:
      return "error";
  }
  return "error";
}

// Now, as RFC 3339 with microseconds. The calendar is asked once a second; the rest is digits.
std::string_view stamp() {
  thread_local std::string text;
  thread_local std::int64_t second = -1;
  const auto us = to_micros(SystemClock().now());
  if (us / 1'000'000 != second) {
    second = us / 1'000'000;
    text = to_iso_micros(from_micros(us));
  }
  auto rest = us % 1'000'000;
  for (std::size_t i = text.size() - 2; i >= text.size() - 7; --i) {
    text[i] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  return text;
}

std::string as_json(Level level, std::string_view event, std::initializer_list<LogField> fields) {
  JsonWriter json;
  json.begin_object();
  json.key("time").value(std::string_view(stamp()));
  json.key("level").value(name(level));
  json.key("event").value(event);
  for (const auto& field : fields) {
    json.key(field.name());
    std::visit([&](auto v) { json.value(v); }, field.value());
  }
  json.end_object();
  return std::move(json).text();
}

std::string as_text(Level level, std::string_view event, std::initializer_list<LogField> fields) {
  std::string line = fmt::format("{} {:<7} {}", stamp().substr(11, 12), name(level), event);
  for (const auto& field : fields) {
    std::visit(
        [&](auto v) { fmt::format_to(std::back_inserter(line), "  {}={}", field.name(), v); },
        field.value());
  }
  return line;
}

}  // namespace

void open_log(const std::string& path, LogForm form, Level least) {
  auto& s = sink();
  if (!path.empty()) {
    s.logger = std::make_shared<spdlog::logger>(
        "milepost", std::make_shared<spdlog::sinks::basic_file_sink_mt>(path));
    s.logger->set_pattern("%v");
  }
  s.logger->flush_on(spdlog::level::warn);
  s.form = form;
  s.least = least;
}

bool is_logged(Level level) { return level >= sink().least; }

void log(Level level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!is_logged(level)) return;
  auto& s = sink();
  auto line =
      s.form == LogForm::Json ? as_json(level, event, fields) : as_text(level, event, fields);
  // What a library or a peer said may quote what somebody typed.
  if (holds_card_number(line)) line = without_card_numbers(line);
  s.logger->log(level >= Level::Warning ? spdlog::level::warn : spdlog::level::info, "{}", line);
}

void flush_log() { sink().logger->flush(); }

}  // namespace base

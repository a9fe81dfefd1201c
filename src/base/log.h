// Structured logs: an event name and named values, one JSON object a line (or a readable line on a
// terminal).
//
// Only text, numbers and truth values can be logged. Personal<T> converts to none of them, so a
// personal value in a log does not compile; what a person typed (numbers, addresses, queries) is
// not to be passed either.
#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace base {

enum class Level { Debug, Info, Warning, Error };

class LogField {
 public:
  LogField(std::string_view name, std::string_view value) : name_(name), value_(value) {}
  LogField(std::string_view name, const char* value)
      : name_(name), value_(std::string_view(value)) {}
  LogField(std::string_view name, const std::string& value)
      : name_(name), value_(std::string_view(value)) {}
  LogField(std::string_view name, double value) : name_(name), value_(value) {}
  template <std::integral I>
  LogField(std::string_view name, I value)
      : name_(name), value_(static_cast<std::int64_t>(value)) {}
  LogField(std::string_view name, bool value) : name_(name), value_(value) {}

  std::string_view name() const { return name_; }
  const std::variant<std::string_view, double, std::int64_t, bool>& value() const { return value_; }

 private:
  std::string_view name_;
  std::variant<std::string_view, double, std::int64_t, bool> value_;
};

enum class LogForm { Json, Text };

// Where logs go: a file's path, or empty for standard error. To be called once, at the start.
void open_log(const std::string& path, LogForm form, Level least);

// Event names are constant words with dots: "http.request", "store.migrated".
void log(Level level, std::string_view event, std::initializer_list<LogField> fields = {});
bool is_logged(Level level);

// Writes out what is buffered: before the process ends, and in tests before reading the file.
void flush_log();

}  // namespace base

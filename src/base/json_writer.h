// JSON out: an append-only writer for answers whose schema is fixed in code (the strict clients of
// the v4 API accept nothing else). It writes compact JSON and trusts its caller with nesting; it
// never fails.
#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace base {

// Appends text as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, so that
// the result is always valid JSON.
void append_json_string(std::string& out, std::string_view text);

class JsonWriter {
 public:
  JsonWriter() = default;
  explicit JsonWriter(std::size_t reserve) { out_.reserve(reserve); }

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  // Keys are constants of ours: letters, digits and underscores that need no escape.
  JsonWriter& key(std::string_view name) {
    comma();
    out_ += '"';
    out_ += name;
    out_ += "\":";
    fresh_ = true;
    return *this;
  }

  JsonWriter& value(std::string_view text) {
    comma();
    append_json_string(out_, text);
    return *this;
  }
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  template <std::same_as<bool> B>
  JsonWriter& value(B truth) {
    return raw(truth ? "true" : "false");
  }
  template <std::integral I>
  requires(!std::same_as<I, bool>) JsonWriter& value(I number) {
    return integer(static_cast<std::int64_t>(number));
  }
  JsonWriter& value(double number);
  JsonWriter& null() { return raw("null"); }

  // "Unset is null": the v4 API's rule for every optional text.
  JsonWriter& value_or_null(std::string_view text) { return text.empty() ? null() : value(text); }

  // Text that is JSON already.
  JsonWriter& raw(std::string_view json) {
    comma();
    out_ += json;
    return *this;
  }

  const std::string& text() const& { return out_; }
  std::string text() && { return std::move(out_); }

 private:
  JsonWriter& integer(std::int64_t number);
  JsonWriter& open(char bracket) {
    comma();
    out_ += bracket;
    fresh_ = true;
    return *this;
  }
  JsonWriter& close(char bracket) {
    out_ += bracket;
    fresh_ = false;
    return *this;
  }
  void comma() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
  }

  std::string out_;
  bool fresh_ = true;  // nothing stands before the next value on this level
};

}  // namespace base

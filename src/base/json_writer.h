// JSON out: an append-only writer for answers whose schema is fixed in code (the strict clients of
// the v4 API accept nothing else). It writes compact JSON and trusts its caller with nesting; it
// never fails.
#pragma once
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace base {

// Appends text as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, so that
// the result is always valid JSON.
void append_json_string(std::string& out, std::string_view text);

class JsonWriter {
 public:
  JsonWriter() = default;
  explicit JsonWriter(std::size_t reserve) : buffer_(reserve, '\0') {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  // Keys are constants of ours: letters, digits and underscores that need no escape.
  JsonWriter& key(std::string_view name) {
    char* at = room(name.size() + 4);
    if (!fresh_) *at++ = ',';
    *at++ = '"';
    std::memcpy(at, name.data(), name.size());
    at += name.size();
    *at++ = '"';
    *at++ = ':';
    size_ = static_cast<std::size_t>(at - buffer_.data());
    fresh_ = true;
    return *this;
  }

  JsonWriter& value(std::string_view text);
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
    char* at = room(json.size() + 1);
    if (!fresh_) *at++ = ',';
    std::memcpy(at, json.data(), json.size());
    size_ = static_cast<std::size_t>(at - buffer_.data()) + json.size();
    fresh_ = false;
    return *this;
  }

  std::string_view text() const& { return std::string_view(buffer_).substr(0, size_); }
  std::string text() && {
    buffer_.resize(size_);
    return std::move(buffer_);
  }

 private:
  JsonWriter& integer(std::int64_t number);
  JsonWriter& open(char bracket) {
    char* at = room(2);
    if (!fresh_) *at++ = ',';
    *at++ = bracket;
    size_ = static_cast<std::size_t>(at - buffer_.data());
    fresh_ = true;
    return *this;
  }
  JsonWriter& close(char bracket) {
    *room(1) = bracket;
    ++size_;
    fresh_ = false;
    return *this;
  }
  // A place for so many bytes at the end. The buffer is longer than what is written (size_),
  // because growing a string by pieces costs more than everything else here.
  char* room(std::size_t bytes) {
    if (size_ + bytes > buffer_.size()) grow(bytes);
    return buffer_.data() + size_;
  }
  void grow(std::size_t bytes);

  std::string buffer_;
  std::size_t size_ = 0;
  bool fresh_ = true;  // nothing stands before the next value on this level
};

}  // namespace base

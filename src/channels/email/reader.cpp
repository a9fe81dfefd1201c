#include "channels/email/reader.h"

#include <algorithm>

#include "base/text.h"
#include "channels/email/encoding.h"

namespace channels::email {
namespace {

constexpr std::size_t kMostBytes = 4 << 20;
constexpr std::size_t kMostHeaders = 200;
constexpr std::size_t kMostOfHeader = 8 << 10;
constexpr int kMostParts = 64;
constexpr int kMostLevels = 6;

// The next line without its end; text is moved behind it.
std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// "multipart/report; report-type=x": the value of a parameter behind the first semicolon.
std::string parameter_of(std::string_view value, std::string_view wanted) {
  auto at = value.find(';');
  while (at < value.size()) {
    const auto equals = value.find('=', at);
    if (equals == std::string_view::npos) return {};
    const auto name = base::trim(value.substr(at + 1, equals - at - 1));
    std::string out;
    auto i = equals + 1;
    while (i < value.size() && value[i] == ' ') ++i;
    if (i < value.size() && value[i] == '"') {
      for (++i; i < value.size() && value[i] != '"'; ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) ++i;
        out += value[i];
      }
    } else {
      const auto end = std::min(value.find(';', i), value.size());
      out = base::trim(value.substr(i, end - i));
    }
    if (base::equals_ignoring_case(name, wanted)) return out;
    at = value.find(';', i);
  }
  return {};
}

class Reader {
 public:
  ReadPart part(std::string_view bytes, int level) {
    ReadPart out;
    ++parts_;
    out.headers = read_headers(bytes);
    const auto type = out.header("content-type");
    out.type = base::lower(base::trim(type.substr(0, type.find(';'))));
    if (out.type.empty()) out.type = "text/plain";
    const auto boundary = out.parameter("boundary");
    if (!out.type.starts_with("multipart/") || boundary.empty() || level >= kMostLevels) {
      out.body = bytes;
      return out;
    }
    split(bytes, "--" + boundary, level, out);
    return out;
  }

 private:
  void split(std::string_view bytes, std::string_view delimiter, int level, ReadPart& out) {
    const char* begin = nullptr;
    const char* line_before_end = nullptr;  // the line end before a delimiter belongs to it
    const char* const end = bytes.data() + bytes.size();
    auto finish = [&](const char* until) {
      if (begin == nullptr || parts_ >= kMostParts) return;
      const auto size = static_cast<std::size_t>(std::max(until, begin) - begin);
      out.parts.push_back(part({begin, size}, level + 1));
    };
    while (!bytes.empty()) {
      const char* const here = bytes.data();
      const auto line = next_line(bytes);
      if (line.starts_with(delimiter)) {
        const auto rest = base::trim(line.substr(delimiter.size()));
        if (rest.empty() || rest == "--") {
          finish(line_before_end != nullptr ? line_before_end : here);
          begin = rest.empty() ? bytes.data() : nullptr;
          line_before_end = begin;
          if (!rest.empty()) return;
          continue;
        }
      }
      line_before_end = line.data() + line.size();
    }
    finish(end);  // the last delimiter is missing: cut off on the way
  }

  int parts_ = 0;
};

}  // namespace

ReadHeaders read_headers(std::string_view& bytes) {
  ReadHeaders out;
  bool is_kept = false;
  while (!bytes.empty()) {
    auto rest = bytes;
    const auto line = next_line(rest);
    if (line.empty()) {
      bytes = rest;
      return out;
    }
    if (line.front() == ' ' || line.front() == '\t') {
      if (is_kept && out.back().second.size() + line.size() <= kMostOfHeader)
        out.back().second += " " + std::string(base::trim(line));
    } else {
      const auto colon = line.find(':');
      is_kept = colon != std::string_view::npos && colon > 0 && out.size() < kMostHeaders &&
                line.size() <= kMostOfHeader;
      if (is_kept)
        out.emplace_back(base::lower(base::trim(line.substr(0, colon))),
                         base::trim(line.substr(colon + 1)));
    }
    bytes = rest;
  }
  return out;
}

std::string_view ReadPart::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (known == name) return value;
  }
  return {};
}

std::string ReadPart::parameter(std::string_view name) const {
  return parameter_of(header("content-type"), name);
}

std::string ReadPart::decoded() const {
  const auto encoding = base::lower(base::trim(header("content-transfer-encoding")));
  if (encoding == "base64") return decode_base64(body);
  if (encoding == "quoted-printable") return decode_quoted_printable(body);
  return std::string(body);
}

const ReadPart* ReadPart::find(std::string_view wanted) const {
  if (type == wanted) return this;
  for (const auto& below : parts) {
    if (const auto* found = below.find(wanted)) return found;
  }
  return nullptr;
}

ReadPart read_message(std::string_view bytes) {
  return Reader().part(bytes.substr(0, kMostBytes), 0);
}

}  // namespace channels::email

#include "channels/mqtt/packets.h"

#include <algorithm>
#include <stdexcept>

#include "base/text.h"

namespace channels::mqtt {
namespace {

constexpr std::size_t kMostPayload = 256 << 10;
constexpr std::uint8_t kConnect = 0x10, kConnected = 0x20, kPublish = 0x30, kAcknowledged = 0x40,
                       kPong = 0xD0, kDisconnect = 0xE0;
constexpr std::uint8_t kVersion = 4;  // 3.1.1
constexpr unsigned kCleanSession = 0x02, kHasUser = 0x80, kHasPassword = 0x40;
constexpr unsigned kQualityOne = 0x02, kRetained = 0x01;

void append_number(std::string& out, std::size_t number) {
  out += static_cast<char>(number >> 8U & 0xFFU);
  out += static_cast<char>(number & 0xFFU);
}
void append_text(std::string& out, std::string_view text) {
  if (text.size() > 0xFFFF) throw std::invalid_argument("MQTT texts have 65,535 bytes at most");
  append_number(out, text.size());
  out += text;
}

std::string packet(unsigned type, std::string_view content) {
  std::string out(1, static_cast<char>(type));
  for (std::size_t rest = content.size();;) {
    const auto low = rest % 128;
    rest /= 128;
    out += static_cast<char>(rest > 0 ? low | 0x80U : low);
    if (rest == 0) break;
  }
  return out.append(content);
}

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

Said read(unsigned type, std::string_view content) {
  Said said;
  if (type == kConnected) {
    said.kind = Said::Kind::Connected;
    said.code = static_cast<std::uint8_t>(byte_at(content, 1));
  } else if (type == kAcknowledged) {
    said.kind = Said::Kind::Acknowledged;
    said.id = static_cast<std::uint16_t>(byte_at(content, 0) << 8U | byte_at(content, 1));
  }
  return said;
}

}  // namespace

std::string connect(const Login& login, std::uint16_t keep_alive_seconds) {
  std::string content;
  append_text(content, "MQTT");
  content += static_cast<char>(kVersion);
  content += static_cast<char>(kCleanSession | (login.user.empty() ? 0U : kHasUser | kHasPassword));
  append_number(content, keep_alive_seconds);
  append_text(content, login.client);
  if (!login.user.empty()) {
    append_text(content, login.user);
    append_text(content, login.password);
  }
  return packet(kConnect, content);
}

std::string publish(std::string_view topic, std::string_view payload, Retain retain,
                    std::uint16_t id) {
  if (topic.empty() || topic.find_first_of("+#") != std::string_view::npos ||
      topic.find('\0') != std::string_view::npos || !base::is_utf8(topic))
    throw std::invalid_argument("not a topic to publish to");
  if (payload.size() > kMostPayload) throw std::invalid_argument("too long for one message");
  std::string content;
  append_text(content, topic);
  append_number(content, id);
  content += payload;
  return packet(kPublish | kQualityOne | (retain == Retain::Yes ? kRetained : 0U), content);
}

std::string disconnect() { return packet(kDisconnect, {}); }

base::Result<std::optional<Said>, Broken> take(std::string& bytes) {
  if (bytes.empty()) return std::optional<Said>();
  const auto type = byte_at(bytes, 0);
  // Nothing else is said to a client that only publishes.
  if (type != kConnected && type != kAcknowledged && type != kPong) return base::Failure{Broken{}};
  std::size_t length = 0, at = 1;
  for (unsigned shift = 0;; shift += 7, ++at) {
    if (shift > 21) return base::Failure{Broken{}};
    if (at >= bytes.size()) return std::optional<Said>();
    length |= static_cast<std::size_t>(byte_at(bytes, at) & 0x7FU) << shift;
    if ((byte_at(bytes, at) & 0x80U) == 0) break;
  }
  ++at;
  if (length != (type == kPong ? 0U : 2U)) return base::Failure{Broken{}};
  if (bytes.size() - at < length) return std::optional<Said>();
  const auto said = read(type, std::string_view(bytes).substr(at, length));
  bytes.erase(0, at + length);
  return std::optional<Said>(said);
}

bool is_level(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return base::is_letter(c) || base::is_digit(c) || c == '-' || c == '_';
  });
}

}  // namespace channels::mqtt

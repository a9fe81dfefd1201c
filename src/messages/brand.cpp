#include "messages/brand.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/text.h"

namespace messages {
namespace {

constexpr std::string_view kHouse = "#0b6e4f";
constexpr std::string_view kPaper = "#f6f4ef", kDarkPaper = "#12151a", kDarkCard = "#1a1e25";
// Larger than that, and mail services cut the message off (Gmail at 102 KB).
constexpr std::size_t kMostLogo = 30 * 1024;
constexpr double kText = 4.5, kShape = 3.0;  // WCAG 2.1: 1.4.3 and 1.4.11

using Colour = std::array<int, 3>;

int hex(char c) {
  c = base::to_lower(c);
  return base::is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::optional<Colour> parse(std::string_view text) {
  if (!text.starts_with('#') || (text.size() != 4 && text.size() != 7)) return std::nullopt;
  const std::size_t width = text.size() == 4 ? 1 : 2;
  Colour out{};
  for (std::size_t i = 0; i < 3; ++i) {
    const int high = hex(text[1 + i * width]), low = hex(text[i * width + width]);
    if (high < 0 || low < 0) return std::nullopt;
    out[i] = high * 16 + low;
  }
  return out;
}

std::string to_text(const Colour& colour) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "#";
  for (const int part : colour) {
    out += kDigits[static_cast<std::size_t>(part / 16)];
    out += kDigits[static_cast<std::size_t>(part % 16)];
  }
  return out;
}

double luminance(const Colour& colour) {
  const auto linear = [](int part) {
    const double share = part / 255.0;
    return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]);
}

double contrast(const Colour& a, const Colour& b) {
  const auto [low, high] = std::minmax({luminance(a), luminance(b)});
  return (high + 0.05) / (low + 0.05);
}

// Moved towards white or black in steps until it stands out from the ground.
Colour readable(Colour colour, std::string_view ground_text, double wanted) {
  const auto ground = *parse(ground_text);
  const int target = luminance(ground) < 0.2 ? 255 : 0;
  for (int i = 0; i < 40 && contrast(colour, ground) < wanted; ++i) {
    for (int& part : colour)
      part += (target - part) / 12 + (target > part ? 1 : target < part ? -1 : 0);
    for (int& part : colour) part = std::clamp(part, 0, 255);
  }
  return colour;
}

// White where it can be read; black is, wherever white is not (the product of both is 21).
std::string ink_on(const Colour& ground) {
  return contrast(ground, {255, 255, 255}) >= kText ? "#ffffff" : "#000000";
}

}  // namespace

double contrast(std::string_view a, std::string_view b) {
  const auto first = parse(a), second = parse(b);
  return first && second ? contrast(*first, *second) : 1;
}

bool is_inline_image(std::string_view source) {
  if (source.starts_with("cid:"))
    return source.size() > 4 && source.find_first_of(" \"'<>") == std::string_view::npos;
  for (const std::string_view kind : {"png", "jpeg", "gif", "webp"}) {
    const auto start = "data:image/" + std::string(kind) + ";base64,";
    if (!source.starts_with(start)) continue;
    const auto bytes = source.substr(start.size());
    return !bytes.empty() && bytes.size() <= kMostLogo &&
           bytes.find_first_not_of(
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") ==
               std::string_view::npos;
  }
  return false;
}

Brand brand_of(std::string_view colour, std::string_view logo) {
  const auto own = parse(colour);
  const Colour light = readable(own.value_or(*parse(kHouse)), "#ffffff", kShape);
  const Colour dark = own ? readable(*own, kDarkCard, kShape) : *parse("#58c79b");
  return {.colour = to_text(light),
          .ink = ink_on(light),
          .dark_colour = to_text(dark),
          .dark_ink = ink_on(dark),
          .link = to_text(readable(light, kPaper, kText)),
          .dark_link = to_text(readable(dark, kDarkPaper, kText)),
          .logo = is_inline_image(logo) ? std::string(logo) : std::string()};
}

}  // namespace messages

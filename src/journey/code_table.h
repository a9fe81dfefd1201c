// A code as tables are searched with it: trimmed, in capitals, without allocation. What is longer
// than any carrier's code is cut.
#pragma once
#include <array>
#include <string_view>

namespace journey {

class FoldedCode {
 public:
  static constexpr std::size_t kMost = 160;
  explicit FoldedCode(std::string_view code);
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, kMost> bytes_;
  std::size_t size_ = 0;
};

// Does text fit a pattern in which '*' stands for any run of bytes?
bool fits(std::string_view pattern, std::string_view text);

}  // namespace journey

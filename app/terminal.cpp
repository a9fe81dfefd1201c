#include "app/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/text.h"

namespace app {
namespace {

bool is_coloured() {
  static const bool answer = is_terminal_out() && std::getenv("NO_COLOR") == nullptr;
  return answer;
}

std::string in(std::string_view code, std::string_view text) {
  return is_coloured() ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

// Characters a terminal shows: escapes do not count, the rest one column each (good enough for
// codes and names).
std::size_t shown_width(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\033') {
      while (i < text.size() && text[i] != 'm') ++i;
    } else {
      plain += text[i];
    }
  }
  return base::utf8_length(plain);
}

}  // namespace

std::string bold(std::string_view text) { return in("1", text); }
std::string dim(std::string_view text) { return in("2", text); }
std::string green(std::string_view text) { return in("32", text); }
std::string yellow(std::string_view text) { return in("33", text); }
std::string red(std::string_view text) { return in("31", text); }

bool is_terminal_out() { return ::isatty(STDOUT_FILENO) == 1; }
bool is_terminal_in() { return ::isatty(STDIN_FILENO) == 1; }

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }
void print_line(std::string_view text) {
  print(text);
  print("\n");
}
void complain(std::string_view sentence) {
  std::fflush(stdout);
  const auto line = fmt::format("milepost: {}\n", sentence);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void print_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], shown_width(row[i]));
  }
  bool is_header = true;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += is_header ? bold(row[i]) : row[i];
      if (i + 1 < row.size()) line.append(widths[i] - shown_width(row[i]) + 2, ' ');
    }
    print_line(line);
    is_header = false;
  }
}

Progress::Progress(std::string what, std::uint64_t total) : what_(std::move(what)), total_(total) {}

Progress::~Progress() {
  if (is_shown_) std::fputs("\r\033[K", stderr);
}

void Progress::show(std::uint64_t done) {
  static const bool is_watched = ::isatty(STDERR_FILENO) == 1;
  if (!is_watched) return;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto ms = static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
  if (is_shown_ && ms - last_shown_ < 100) return;
  last_shown_ = ms;
  is_shown_ = true;
  const auto line = total_ > 0 ? fmt::format("\r\033[K{} {} %", what_,
                                             std::min<std::uint64_t>(100, done * 100 / total_))
                               : fmt::format("\r\033[K{} {}", what_, done);
  std::fputs(line.c_str(), stderr);
}

}  // namespace app

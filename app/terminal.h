// What a person sees: colour on a terminal, plain text elsewhere; tables; progress on standard
// error.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace app {

// Colours are used when standard output is a terminal and NO_COLOR is not set (no-color.org).
std::string bold(std::string_view text);
std::string dim(std::string_view text);
std::string green(std::string_view text);
std::string yellow(std::string_view text);
std::string red(std::string_view text);

bool is_terminal_out();
bool is_terminal_in();

void print(std::string_view text);  // standard output, as it is
void print_line(std::string_view text);
void complain(std::string_view sentence);  // "milepost: ..." on standard error

// Columns padded to their widest cell, the first row a header.
void print_table(const std::vector<std::vector<std::string>>& rows);

// One line on standard error that is rewritten, shown on a terminal only and at most ten times a
// second.
class Progress {
 public:
  Progress(std::string what, std::uint64_t total);  // total 0: unknown
  ~Progress();                                      // clears the line
  void show(std::uint64_t done);

 private:
  std::string what_;
  std::uint64_t total_;
  std::int64_t last_shown_ = 0;
  bool is_shown_ = false;
};

}  // namespace app

// The test program as a second process: what is killed with -9 must be a process of its own.
#pragma once
#include <string>
#include <vector>

namespace store::testing {

// Runs this very program with `--child arguments...`; its standard output is ours to read.
class Child {
 public:
  explicit Child(std::vector<std::string> arguments);
  ~Child();  // killed if it still runs
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The next 8 bytes of its output; false at its end.
  bool read(std::int64_t& number);
  void kill();
  // Its exit status; -1 when it was killed.
  int wait();

 private:
  int pid_ = 0;
  int output_ = -1;
};

// What a child writes to be read by Child::read.
void report(std::int64_t number);

// The programs behind --child; each beside the test that uses it.
int claim_and_finish(const std::vector<std::string>& arguments);
int write_and_report(const std::vector<std::string>& arguments);

}  // namespace store::testing

// The test program's main: GoogleTest, or one of the child programs.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "store/child_for_test.h"

extern char** environ;

namespace store::testing {

Child::Child(std::vector<std::string> arguments) {
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  arguments.insert(arguments.begin(), {"/proc/self/exe", "--child"});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  const int failed = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe_ends[1]);
  output_ = pipe_ends[0];
  if (failed) throw std::runtime_error("cannot start a child");
}

Child::~Child() {
  kill();
  wait();
  ::close(output_);
}

bool Child::read(std::int64_t& number) {
  std::size_t got = 0;
  while (got < sizeof number) {
    const auto n = ::read(output_, reinterpret_cast<char*>(&number) + got, sizeof number - got);
    if (n <= 0) return false;
    got += static_cast<std::size_t>(n);
  }
  return true;
}

void Child::kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

int Child::wait() {
  if (pid_ == 0) return -1;
  int status = 0;
  ::waitpid(std::exchange(pid_, 0), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void report(std::int64_t number) {
  if (::write(STDOUT_FILENO, &number, sizeof number) != sizeof number) std::_Exit(3);
}

}  // namespace store::testing

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() >= 2 && arguments[0] == "--child") {
    const std::vector<std::string> rest(arguments.begin() + 2, arguments.end());
    try {
      if (arguments[1] == "claim") return store::testing::claim_and_finish(rest);
      if (arguments[1] == "write") return store::testing::write_and_report(rest);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "child %s: %s\n", arguments[1].c_str(), error.what());
    }
    return 2;
  }
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}

#include "app/registers.h"

#include <iostream>

#include "app/terminal.h"

namespace app {

rights::Recognition recognition(Instance& instance) {
  return rights::Recognition([&instance](const std::string& email, const std::string& password,
                                         const std::string& code) -> std::optional<std::int64_t> {
    auto& desks = *instance.desks;
    const accounts::Origin here{"127.0.0.1", "command line"};
    const auto entered = base::sync_wait(
        desks.sign_in.with_password(email, password, here, accounts::Keep::ThisSession));
    if (!entered) return std::nullopt;
    std::optional<accounts::Started> started = entered->session;
    if (!started && !entered->second_step.empty()) {
      const auto second = base::sync_wait(
          desks.sign_in.second_step(entered->second_step, code, here, accounts::Keep::ThisSession));
      if (second) started = second.value();
    }
    if (!started) return std::nullopt;
    const auto who = base::sync_wait(desks.sessions.find(started->token));
    base::sync_wait(desks.sessions.end(started->token));  // nobody stays signed in here
    if (!who) return std::nullopt;
    return who->person_id;
  });
}

std::optional<rights::Human> ask_human(Instance& instance, const std::string& email) {
  if (is_terminal_in()) complain("your password, and on the next line the code if you use one:");
  std::string password, code;
  std::getline(std::cin, password);
  std::getline(std::cin, code);
  auto found = recognition(instance).recognise(email, password, code);
  if (!found) complain("this is nobody's address and password");
  return found;
}

}  // namespace app

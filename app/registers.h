// The registers of an instance, wired: what is held for claims, and who asked by law
// (rights/registers/). For the server's timers and for the command line.
#pragma once
#include "app/instance.h"
#include "rights/registers/holds.h"
#include "rights/registers/legal_requests.h"

namespace app {

struct Registers {
  explicit Registers(Instance& instance)
      : holds(*instance.database, *instance.vault, *instance.ledger, *instance.audit,
              instance.clock()),
        requests(*instance.database, *instance.vault, *instance.ledger, *instance.audit,
                 *instance.letters, holds, instance.clock()) {}

  // Holds end on their date, delayed notices go out, missing reviews become incidents. Blocks.
  void keep_house() {
    holds.sweep();
    requests.tell_due();
    requests.raise_incidents();
    requests.sweep();
  }

  rights::Holds holds;
  rights::LegalRequests requests;
};

// Recognises people by what they sign in with: slowed down and noted as any sign-in is.
rights::Recognition recognition(Instance& instance);
// At the command line: the password is the first line of standard input, the code of a second step
// the next one; neither belongs into a command line. Complains when it is nobody.
std::optional<rights::Human> ask_human(Instance& instance, const std::string& email);

}  // namespace app

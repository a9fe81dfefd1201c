// Signing in by another service, when the configuration names one ([sign_in]).
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "accounts/oidc.h"
#include "app/config.h"
#include "app/instance.h"
#include "http/client.h"

namespace app {

// A secret of the configuration: itself, or the first line of the file it names ("file:PATH").
// `key`: what to complain of in the log when there is none.
std::string secret_of(const std::string& text, std::string_view key);

class SignInBy {
 public:
  SignInBy(Instance& instance, const Config& config);

  // nullptr: there is none.
  accounts::Oidc* oidc() { return oidc_.get(); }
  void stop();

 private:
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<accounts::Oidc> oidc_;
};

}  // namespace app

#include "app/sign_in.h"

#include <fstream>

#include "base/log.h"
#include "base/text.h"

namespace app {
namespace {

constexpr std::string_view kName = "sso";  // in addresses and rows: never to be changed

}  // namespace

std::string secret_of(const std::string& text, std::string_view key) {
  constexpr std::string_view kFile = "file:";
  if (!text.starts_with(kFile)) return text;
  std::ifstream file(text.substr(kFile.size()));
  std::string line;
  if (!file || !std::getline(file, line) || base::trim(line).empty())
    base::log(base::Level::Error, "sign_in.mistake",
              {{"what", std::string(key) + ": its file has no first line that can be read"}});
  return std::string(base::trim(line));
}

SignInBy::SignInBy(Instance& instance, const Config& config) {
  if (config.sign_in_issuer.empty()) return;
  http::Client::Options options;
  options.proxy = config.outgoing_proxy;
  options.ca_file = config.outgoing_ca_file;
  options.user_agent = "Milepost";
  client_ = std::make_unique<http::Client>(std::move(options));
  accounts::Provider provider;
  provider.name = kName;
  provider.title = config.sign_in_title.empty() ? config.sign_in_issuer : config.sign_in_title;
  provider.issuer = config.sign_in_issuer;
  provider.client_id = config.sign_in_client_id;
  provider.client_secret = secret_of(config.sign_in_client_secret, "sign_in.client_secret");
  provider.is_trusted_for_addresses = config.sign_in_trusts_addresses;
  provider.may_be_private = config.sign_in_may_be_private;
  oidc_ = std::make_unique<accounts::Oidc>(instance.desks->context, *client_,
                                           std::vector{std::move(provider)}, instance.desks->log);
}

void SignInBy::stop() {
  if (client_) client_->stop();
}

}  // namespace app

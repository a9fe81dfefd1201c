#include "app/people_parts.h"

#include <fmt/format.h>

#include "base/text.h"
#include "pages/link.h"

namespace app {
namespace {

notify::people::Voice voice_of(const Config& config, const MailSettings& mail, bool is_demo) {
  notify::people::Voice voice;
  voice.sender.name = !mail.from.name.empty() ? mail.from.name : config.operator_name;
  voice.sender.postal_address = config.operator_address;
  voice.sender.contact = mail.reply_to ? mail.reply_to->address : config.contact;
  if (is_demo && voice.sender.postal_address.empty())
    voice.sender.postal_address = "Oudegracht 12, 3511 AB Utrecht, Netherlands";
  return voice;
}

}  // namespace

std::shared_ptr<const http::OwnAddresses> own_addresses(const Config& config) {
  std::vector<std::string> others;
  std::string_view left = config.own_addresses;
  while (!left.empty()) {
    const auto comma = left.find(',');
    others.emplace_back(base::trim(left.substr(0, comma)));
    left = comma == std::string_view::npos ? std::string_view() : left.substr(comma + 1);
  }
  const auto address = parse_address(config.listen);
  return std::make_shared<http::OwnAddresses>(
      others, address ? address->port : static_cast<std::uint16_t>(0));
}

std::string public_url(const Config& config) {
  if (!config.public_url.empty()) return config.public_url;
  const auto address = parse_address(config.listen);
  const bool is_everywhere = !address || address->host.empty() || address->host == "0.0.0.0";
  return fmt::format("http://{}:{}", is_everywhere ? "localhost" : address->host,
                     address ? address->port : 8080);
}

PeopleParts::PeopleParts(Instance& instance, const Config& config,
                         const couriers::Catalogue& catalogue, const MailSettings& mail,
                         bool is_demo)
    : recipients(*instance.database, *instance.vault, instance.clock()),
      tools{*instance.shipments,
            recipients,
            *instance.ledger,
            catalogue,
            instance.clock(),
            public_url(config),
            [&vault = *instance.vault](std::int64_t account_id, const base::Id& id) {
              return pages::tracking_path(vault, {account_id, id});
            },
            voice_of(config, mail, is_demo),
            &wording} {}

}  // namespace app

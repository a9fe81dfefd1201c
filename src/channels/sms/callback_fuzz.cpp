// What may be sent to the callback address of an SMS provider, by whomever; texts and numbers too.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "channels/sms/provider.h"
#include "channels/sms/segments.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

channels::sms::Settings settings_of(channels::sms::Settings::Provider provider) {
  channels::sms::Settings settings;
  settings.provider = provider;
  settings.account = settings.secret = settings.signature_secret = "secret";
  return settings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace channels::sms;
  static const auto twilio = make_provider(settings_of(Settings::Provider::Twilio));
  static const auto vonage = make_provider(settings_of(Settings::Provider::Vonage));
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const char* type : {"application/json", "application/x-www-form-urlencoded"}) {
    const auto request = read_callback_request(
        http::make_request("POST", "/x", text, {{"Content-Type", type}}), "https://x.example");
    require(!vonage->is_genuine(request, base::Instant{}));
    require(!twilio->is_genuine(request, base::Instant{}));
    for (const auto* provider : {twilio.get(), vonage.get()}) (void)provider->read(request);
  }
  for (const auto* provider : {twilio.get(), vonage.get()})
    (void)provider->read(http::Reply{200, {}, text, {}});
  if (const auto number = PhoneNumber::parse(text))
    require(PhoneNumber::parse(number->text())->text() == number->text());
  std::string joined;
  for (const auto& part : segments_of(text).parts) joined += part;
  require(base::is_utf8(joined));
  (void)read_wish(text);
  (void)economical(text);
  return 0;
}

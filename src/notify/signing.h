// What proves that a webhook's message is ours. Pure.
//
// A webhook has one secret, a UUID, in two spellings: as it is, which the TrackingMore contract
// wants, and as "whsec_" and its base64, which Standard Webhooks (standardwebhooks.com) wants. The
// key is the same 36 bytes in both, so a receiver may check whichever signature it has code for.
//
// Four signatures go with each message:
//   signature, timestamp      TrackingMore v4: over the timestamp alone. Proves that we sent
//                             something at that time, not what; kept for those who check it.
//   webhook-id, -timestamp, -signature
//                             Standard Webhooks: over id, timestamp and body. The one to check.
//   X-Webhook-Signature-256   "t=..,v1=..": over timestamp and body, in one header.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/client.h"

namespace notify {

// A random UUID (version 4): 122 bits.
std::string new_webhook_secret();
// "whsec_..."
std::string standard_secret(std::string_view secret);

// Lower-case hex of HMAC-SHA256 over the timestamp's digits.
std::string v4_signature(std::string_view secret, std::int64_t timestamp);
// "v1,<base64>", one for each secret with a space between.
std::string standard_signature(const std::vector<std::string>& secrets, std::string_view id,
                               std::int64_t timestamp, std::string_view body);
// "t=<timestamp>,v1=<hex>", a v1 for each secret.
std::string body_signature(const std::vector<std::string>& secrets, std::int64_t timestamp,
                           std::string_view body);
// Of versions 3 and 2, inside the body: the key is the account's e-mail address, which is no
// secret, so it proves nothing.
std::string old_signature(std::string_view email, std::int64_t timestamp);

// All of them. `secrets`: the newest first, two while it is being changed; the v4 signature can
// only be one, and is made with the older until it ends. `id`: "msg_...".
http::Headers signature_headers(const std::vector<std::string>& secrets, std::string_view id,
                                std::int64_t timestamp, std::string_view body);

}  // namespace notify

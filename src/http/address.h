// Which addresses are of the public network. The question behind it: a URL came from somebody else
// (a customer's webhook, a carrier's redirect); would calling it reach into the operator's own
// network, this machine, or the cloud's metadata service?
//
// Pure. By the IANA special-purpose registries (RFC 6890 and its updates), and for IPv6 by what is
// allocated at all (2000::/3): what a registry adds later is refused rather than let through.
// Addresses that carry an IPv4 address inside (mapped, NAT64, 6to4) are judged by it.
#pragma once
#include <string_view>

struct sockaddr;

namespace http {

bool is_public(const sockaddr& address);
// An IPv4 or IPv6 address in text, the latter with or without brackets; false for anything else.
bool is_public(std::string_view address);
bool is_address(std::string_view text);
// A name that never means another machine in the public network: localhost, and the suffixes
// reserved for private use (.localhost, .local, .internal, .home.arpa).
bool is_private_name(std::string_view host);

}  // namespace http

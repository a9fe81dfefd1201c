// Whom a request came from: the socket's address or, where that is a proxy of the operator's own,
// the address for which the proxy says that it asks (X-Forwarded-For). Pure.
//
// Read from the right, because everything left of the last trusted entry may have been written by
// the visitor: the first address that is no trusted proxy is the visitor's. Whatever is no address
// ends the walk, and the proxy itself is the answer.
#pragma once
#include <span>
#include <string_view>

#include "http/networks.h"

namespace http {

// `lines`: the values of the X-Forwarded-For fields in their order; together they are one list.
std::string_view origin_of(const Networks& proxies, std::string_view peer,
                           std::span<const std::string_view> lines);

}  // namespace http

// Looking at a certificate file.
#pragma once
#include <optional>
#include <string>

#include "base/clock.h"

namespace http {

// Until when the first certificate of a PEM file is valid; nothing when it cannot be read.
std::optional<base::Instant> certificate_ends(const std::string& pem_file);

}  // namespace http

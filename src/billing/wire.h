// The chores of providers that speak HTTP. Inside this room.
#pragma once
#include <simdjson.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "billing/provider.h"
#include "http/client.h"

namespace billing {

using Pair = std::pair<std::string_view, std::string_view>;
// application/x-www-form-urlencoded, everything but letters, digits and -._~ escaped.
std::string to_form(std::initializer_list<Pair> pairs);

// The base without a slash at its end, or `own` where none is given.
std::string base_of(const Access& access, std::string_view own);
http::Call call_to(const Access& access, std::string_view method, std::string url);

// Nothing: the answer is one to read.
std::optional<PaymentFault> fault_of(const base::Result<http::Reply, http::CallError>& reply);

// A provider's id: "cs_test_a1B2", of this beginning, letters, digits and underscores.
bool is_reference(std::string_view text, std::string_view beginning);

// A value down this way of keys; empty for what is not there or no text.
std::string text_at(simdjson::dom::element from, std::string_view pointer);
std::optional<std::int64_t> number_at(simdjson::dom::element from, std::string_view pointer);

}  // namespace billing

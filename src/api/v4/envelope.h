// The v4 API's envelope: {"meta":{"code":..,"message":".."},"data":..} and nothing beside, because
// strict clients refuse an unknown key there. Errors carry "data":null: any other kind breaks a
// client somewhere. Messages are wire strings, kept to the letter.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "http/message.h"

namespace api::v4 {

enum class Error : int {
  BadRequest = 400,
  AlreadyExists = 4101,
  NotCreated = 4102,
  TooManyItems = 4103,
  NumberInvalid = 4110,
  NumberRequired = 4111,
  IdInvalid = 4112,
  RetrackNotAllowed = 4113,
  CourierInvalid = 4120,
  CourierUndetected = 4121,
  SpecialFieldsMissing = 4122,
  FieldInvalid = 4130,
  AwbInvalid = 4160,
  AwbAirlineUnknown = 4161,
  QuotaSpent = 4190,
  Unauthorized = 401,
  Forbidden = 403,
  NotFound = 404,
  TooManyRequests = 429,
  Server = 511,
};

// A failed request or batch item. `field` is named by FieldInvalid only.
struct Failing {
  Error error;
  std::string_view field = {};  // a constant
};

int http_status(Error error);
std::string message(const Failing& failing);

// `data` is JSON.
http::Response success(std::string_view data);
// A long answer is written in one piece, without copying it into its envelope: `data` follows what
// begin_success has written, and finish_success closes it.
base::JsonWriter begin_success(std::size_t reserve);
http::Response finish_success(base::JsonWriter json);
http::Response failure(const Failing& failing);
// For what the server refuses before any endpoint: 404, 405 (a wrong method is 400 here), 408, 413,
// 5xx ...
http::Response refusal(int status);

// Who to write to, told in 5xx messages in place of the vendor's own address. Set once at the
// start.
void set_operator_contact(std::string contact);

}  // namespace api::v4

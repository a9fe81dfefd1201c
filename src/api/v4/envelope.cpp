#include "api/v4/envelope.h"

#include <fmt/format.h>

namespace api::v4 {
namespace {

std::string& contact() {
  static std::string text;
  return text;
}

std::string_view words(Error error) {
  switch (error) {
    case Error::BadRequest:
      return "Request type error. Please check the API documentation for the request type of this "
             "API.";
    case Error::AlreadyExists:
      return "Tracking No. already exists.";
    case Error::NotCreated:
      return "Tracking No. no exists. Please use 「Create a tracking」 API first to create "
             "shipment.";
    case Error::TooManyItems:
      return "You have exceeded the shipment quantity of API call. The maximum quantity is 40 "
             "shipments per call.";
    case Error::NumberInvalid:
      return "The value of tracking_number is invalid.";
    case Error::NumberRequired:
      return "Tracking_number is required.";
    case Error::IdInvalid:
      return "Invalid Tracking ID.";
    case Error::RetrackNotAllowed:
      return "Retrack is not allowed. You can only retrack an expired tracking.";
    case Error::CourierInvalid:
      return "The value of courier_code is invalid.";
    case Error::CourierUndetected:
      return "Cannot detect courier.";
    case Error::SpecialFieldsMissing:
      return "Missing or invalid value of the special required fields for this courier.";
    case Error::FieldInvalid:
      return "The format of {} is invalid.";
    case Error::AwbInvalid:
      return "The awb_number is required or invaild format.";
    case Error::AwbAirlineUnknown:
      return "The awb airline does not support yet.";
    case Error::QuotaSpent:
      return "You are reaching the maximum quota limitation, please upgrade your current plan.";
    case Error::Unauthorized:
      return "Authentication failed or has no permission. Please check and ensure your API Key is "
             "correct.";
    case Error::Forbidden:
      return "Access prohibited. The request has been refused or access is not allowed.";
    case Error::NotFound:
      return "Page does not exist. Please check and ensure your link is correct.";
    case Error::TooManyRequests:
      return "Exceeded API request limits, please try again later. Please check the API "
             "documentation for the limit "
             "of this API.";
    case Error::Server:
      return "Server error.";
  }
  return "Server error.";
}

std::string envelope(int code, std::string_view message, std::string_view data) {
  std::string out;
  out.reserve(data.size() + 96);
  out += "{\"meta\":{\"code\":";
  out += fmt::format_int(code).c_str();
  out += ",\"message\":";
  base::append_json_string(out, message);
  out += "},\"data\":";
  out += data;
  out += '}';
  return out;
}

}  // namespace

int http_status(Error error) {
  switch (error) {
    case Error::Unauthorized:
      return 401;
    case Error::Forbidden:
      return 403;
    case Error::NotFound:
      return 404;
    case Error::TooManyRequests:
      return 429;
    case Error::Server:
      return 500;
    default:
      return 400;
  }
}

std::string message(const Failing& failing) {
  if (failing.error == Error::FieldInvalid)
    return fmt::format(fmt::runtime(words(failing.error)), failing.field);
  if (failing.error == Error::Server && !contact().empty()) {
    return fmt::format("{} Please contact {}.", words(failing.error), contact());
  }
  return std::string(words(failing.error));
}

http::Response success(std::string_view data) {
  return http::json(200, envelope(200, "Request response is successful", data));
}

base::JsonWriter begin_success(std::size_t reserve) {
  base::JsonWriter json(reserve + 128);
  json.begin_object();
  json.key("meta").raw(R"({"code":200,"message":"Request response is successful"})");
  json.key("data");
  return json;
}

http::Response finish_success(base::JsonWriter json) {
  json.end_object();
  return http::json(200, std::move(json).text());
}

http::Response failure(const Failing& failing) {
  return http::json(http_status(failing.error),
                    envelope(static_cast<int>(failing.error), message(failing), "null"));
}

http::Response refusal(int status) {
  switch (status) {
    case 400:
    case 405:
      return failure({Error::BadRequest});
    case 404:
      return failure({Error::NotFound});
    case 429:
      return failure({Error::TooManyRequests});
    case 408:
      return http::json(408, envelope(408, "The request did not arrive in time.", "null"));
    case 413:
      return http::json(413, envelope(413, "The request body is too large.", "null"));
    case 414:
      return http::json(414, envelope(414, "The request address is too long.", "null"));
    case 431:
      return http::json(431, envelope(431, "The request header is too large.", "null"));
    case 503:
      return http::json(503, envelope(513, message({Error::Server}), "null"));
    default:
      return failure({Error::Server});
  }
}

void set_operator_contact(std::string text) { contact() = std::move(text); }

}  // namespace api::v4

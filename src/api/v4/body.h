// JSON in: a request body as the handful of named texts that the v4 API knows. Everything else in
// it is looked at for its form and then ignored.
//
// "", null and absent are one and the same, "not given": strict clients send every field, empty
// ones as "" (Go) or null (Java). Whole numbers are accepted where text is expected, as their
// digits; truth values too ("true", "false").
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "api/v4/envelope.h"
#include "base/result.h"

namespace api::v4 {

enum class Field : std::uint8_t {
  TrackingNumber,
  CourierCode,
  CourierCodeNew,
  AwbNumber,
  OrderNumber,
  OrderId,
  OrderDate,
  OriginCountry,
  DestinationCountry,
  CustomerName,
  CustomerEmail,
  CustomerSms,
  RecipientPostcode,
  Title,
  Note,
  Label,
  LogisticsChannel,
  Language,
  AutoCorrect,
  TrackingPostalCode,
  TrackingShipDate,
  TrackingCourierAccount,
  TrackingKey,
  TrackingOriginCountry,
  TrackingDestinationCountry,
  ArchivedStatus,
};
inline constexpr std::size_t kFields = 26;
std::string_view name(Field field);  // "tracking_number"

struct Fields {
  std::array<std::string, kFields> values;
  const std::string& operator[](Field field) const {
    return values[static_cast<std::size_t>(field)];
  }
  std::string& operator[](Field field) { return values[static_cast<std::size_t>(field)]; }
  bool has(Field field) const { return !(*this)[field].empty(); }
};

// One element of a batch: its fields as far as they could be read, and what was wrong with it.
struct Item {
  Fields fields;
  std::optional<Failing> failing;
};

// Errors: BadRequest when the body is not JSON, not UTF-8, nested beyond reason, names a key twice
// or is not an object; the field's own error when its value is of a wrong kind or holds a NUL.
base::Result<Fields, Failing> parse_object(std::string_view body);

// A top-level array of at most `most` objects; TooManyItems beyond.
base::Result<std::vector<Item>, Failing> parse_array(std::string_view body, std::size_t most);

}  // namespace api::v4

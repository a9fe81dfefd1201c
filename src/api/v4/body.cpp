#include "api/v4/body.h"

#include <simdjson.h>

#include <bitset>

namespace api::v4 {
namespace {

constexpr std::array<std::string_view, kFields> kNames = {"tracking_number",
                                                          "courier_code",
                                                          "courier_code_new",
                                                          "awb_number",
                                                          "order_number",
                                                          "order_id",
                                                          "order_date",
                                                          "origin_country_iso2",
                                                          "destination_country_iso2",
                                                          "customer_name",
                                                          "customer_email",
                                                          "customer_sms",
                                                          "recipient_postcode",
                                                          "title",
                                                          "note",
                                                          "label",
                                                          "logistics_channel",
                                                          "language",
                                                          "auto_correct",
                                                          "tracking_postal_code",
                                                          "tracking_ship_date",
                                                          "tracking_courier_account",
                                                          "tracking_key",
                                                          "tracking_origin_country",
                                                          "tracking_destination_country",
                                                          "archived_status"};

// The parser keeps its buffers; a request costs no allocation beyond its values.
simdjson::dom::parser& parser() {
  thread_local simdjson::dom::parser instance;
  return instance;
}

Failing wrong_kind(Field field) {
  switch (field) {
    case Field::TrackingNumber:
      return {Error::NumberInvalid};
    case Field::CourierCode:
    case Field::CourierCodeNew:
      return {Error::CourierInvalid};
    case Field::AwbNumber:
      return {Error::AwbInvalid};
    default:
      return {Error::FieldInvalid, name(field)};
  }
}

// False when the value is of a kind that no text can be made of.
bool read_text(const simdjson::dom::element& value, std::string& out) {
  using Type = simdjson::dom::element_type;
  switch (value.type()) {
    case Type::STRING: {
      const std::string_view text = value.get_string().value_unsafe();
      if (text.find('\0') != std::string_view::npos) return false;
      out.assign(text);
      return true;
    }
    case Type::NULL_VALUE:
      out.clear();
      return true;
    case Type::INT64:
      out = std::to_string(value.get_int64().value_unsafe());
      return true;
    case Type::UINT64:
      out = std::to_string(value.get_uint64().value_unsafe());
      return true;
    case Type::BOOL:
      out = value.get_bool().value_unsafe() ? "true" : "false";
      return true;
    default:
      return false;
  }
}

std::optional<Field> field_of(std::string_view key) {
  for (std::size_t i = 0; i < kFields; ++i) {
    if (kNames[i] == key) return static_cast<Field>(i);
  }
  return std::nullopt;
}

std::optional<Failing> read_object(const simdjson::dom::object& object, Fields& fields) {
  std::bitset<kFields> seen;
  std::optional<Failing> first;
  for (const auto& [key, value] : object) {
    const auto field = field_of(key);
    if (!field) continue;
    const auto index = static_cast<std::size_t>(*field);
    if (seen[index]) return Failing{Error::BadRequest};
    seen[index] = true;
    if (!read_text(value, fields[*field]) && !first) first = wrong_kind(*field);
  }
  return first;
}

}  // namespace

std::string_view name(Field field) { return kNames[static_cast<std::size_t>(field)]; }

base::Result<Fields, Failing> parse_object(std::string_view body) {
  simdjson::dom::object object;
  if (parser().parse(body.data(), body.size()).get_object().get(object) != simdjson::SUCCESS) {
    return base::Failure{Failing{Error::BadRequest}};
  }
  Fields fields;
  if (const auto failing = read_object(object, fields)) return base::Failure{*failing};
  return fields;
}

base::Result<std::vector<Item>, Failing> parse_array(std::string_view body, std::size_t most) {
  simdjson::dom::array array;
  if (parser().parse(body.data(), body.size()).get_array().get(array) != simdjson::SUCCESS) {
    return base::Failure{Failing{Error::BadRequest}};
  }
  std::vector<Item> items;
  for (const auto element : array) {
    if (items.size() == most) return base::Failure{Failing{Error::TooManyItems}};
    auto& item = items.emplace_back();
    simdjson::dom::object object;
    if (element.get_object().get(object) != simdjson::SUCCESS) {
      item.failing = Failing{Error::BadRequest};
    } else {
      item.failing = read_object(object, item.fields);
    }
  }
  return items;
}

}  // namespace api::v4

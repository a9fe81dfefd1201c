#include "api/v4/fields.h"

#include <charconv>

#include "base/text.h"
#include "base/time.h"
#include "http/message.h"
#include "shipments/tracking_number.h"

namespace api::v4 {
namespace {

using personal::Label;

template <class F>
shipments::Sealed<F> sealed(const std::string& text) {
  return {text, Label(personal::Source::Shop)};
}

bool is_true(std::string_view word) {
  return word == "1" || base::equals_ignoring_case(word, "true") ||
         base::equals_ignoring_case(word, "yes") || base::equals_ignoring_case(word, "on");
}

std::optional<bool> parse_archived(std::string_view word) {
  if (is_true(word) || base::equals_ignoring_case(word, "archived")) return true;
  if (word == "0" || base::equals_ignoring_case(word, "false") ||
      base::equals_ignoring_case(word, "tracking")) {
    return false;
  }
  return std::nullopt;
}

// Two letters, or nothing.
std::optional<std::string> country(const std::string& typed) {
  const auto code = base::trim(typed);
  if (code.size() != 2 || !base::is_letter(code[0]) || !base::is_letter(code[1]))
    return std::nullopt;
  return base::upper(code);
}

// Lengths, and the forms that have one. Normalises countries in place.
std::optional<Failing> check_forms(Fields& fields) {
  for (std::size_t i = 0; i < kFields; ++i) {
    const auto field = static_cast<Field>(i);
    const auto most = field == Field::Note ? kLongestNote : kLongestText;
    if (fields[field].size() > most && base::utf8_length(fields[field]) > most) {
      return Failing{Error::FieldInvalid, name(field)};
    }
  }
  for (const auto field : {Field::OriginCountry, Field::DestinationCountry,
                           Field::TrackingOriginCountry, Field::TrackingDestinationCountry}) {
    if (!fields.has(field)) continue;
    const auto code = country(fields[field]);
    if (!code) return Failing{Error::FieldInvalid, name(field)};
    fields[field] = *code;
  }
  return std::nullopt;
}

std::optional<Field> special_field(std::string_view v4_name) {
  for (const auto field :
       {Field::TrackingPostalCode, Field::TrackingShipDate, Field::TrackingCourierAccount,
        Field::TrackingKey, Field::TrackingOriginCountry, Field::TrackingDestinationCountry}) {
    if (name(field) == v4_name) return field;
  }
  return std::nullopt;
}

bool is_ship_date(std::string_view text) {
  return text.size() == 8 && std::ranges::all_of(text, base::is_digit) &&
         base::parse_iso(std::string(text.substr(0, 4)) + "-" + std::string(text.substr(4, 2)) +
                         "-" + std::string(text.substr(6, 2)))
             .has_value();
}

bool has_special_fields(const Fields& fields, const couriers::Courier& courier) {
  for (const auto required : courier.required_fields) {
    const auto field = special_field(required);
    if (!field) continue;
    if (!fields.has(*field)) return false;
    if (*field == Field::TrackingShipDate && !is_ship_date(fields[*field])) return false;
  }
  return true;
}

void fill_body(const Fields& f, shipments::Body& body) {
  namespace field = personal::field;
  const auto put = [&]<class F>(Field from, shipments::Sealed<F>& to) {
    if (f.has(from)) to = sealed<F>(f[from]);
  };
  put(Field::CustomerName, body.customer_name);
  put(Field::CustomerEmail, body.customer_email);
  put(Field::CustomerSms, body.customer_sms);
  put(Field::RecipientPostcode, body.recipient_postcode);
  put(Field::TrackingPostalCode, body.tracking_postal_code);
  put(Field::TrackingKey, body.tracking_key);
  put(Field::TrackingCourierAccount, body.tracking_courier_account);
  put(Field::Title, body.title);
  put(Field::Note, body.note);
}

void fill_head(const Fields& f, shipments::Head& head) {
  const auto put = [&](Field from, std::string& to) {
    if (f.has(from)) to = f[from];
  };
  put(Field::OrderNumber, head.order_number);
  put(Field::OrderId, head.order_id);
  put(Field::OrderDate, head.order_date);
  put(Field::OriginCountry, head.origin_country);
  put(Field::DestinationCountry, head.destination_country);
  put(Field::LogisticsChannel, head.logistics_channel);
  put(Field::Label, head.label);
  put(Field::Language, head.language);
  put(Field::TrackingShipDate, head.tracking_ship_date);
  put(Field::TrackingOriginCountry, head.tracking_origin_country);
  put(Field::TrackingDestinationCountry, head.tracking_destination_country);
}

constexpr Field kBodyFields[] = {Field::CustomerName,
                                 Field::CustomerEmail,
                                 Field::CustomerSms,
                                 Field::RecipientPostcode,
                                 Field::TrackingPostalCode,
                                 Field::TrackingKey,
                                 Field::TrackingCourierAccount,
                                 Field::Title,
                                 Field::Note};

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const auto comma = list.find(',');
    const auto part = base::trim(list.substr(0, comma));
    if (!part.empty()) parts.emplace_back(part);
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return parts;
}

// A positive number; 0 and "" mean "not given".
std::optional<int> parse_count(std::string_view text) {
  int n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size() || n < 0) return std::nullopt;
  return n;
}

// One pair of the query. Unknown names are ignored, as unknown keys in a body are.
class ListReader {
 public:
  std::optional<Failing> read(std::string_view key, std::string_view value) {
    if (value.empty()) return std::nullopt;
    if (value.find('\0') != std::string_view::npos) return Failing{Error::BadRequest};
    if (key == "tracking_numbers" || key == "tracking_number") return numbers(value);
    if (key == "courier_code") return couriers(value);
    if (key == "delivery_status") return statuses(value);
    if (key == "order_number") {
      out_.filter.order_number = value;
      return std::nullopt;
    }
    if (key == "created_date_min") return date(key, value, out_.filter.created_min);
    if (key == "created_date_max") return last_date(key, value, out_.filter.created_max);
    if (key == "updated_date_min") return date(key, value, out_.filter.updated_min);
    if (key == "updated_date_max") return last_date(key, value, out_.filter.updated_max);
    if (key == "archived_status") return archived(value);
    if (key == "pages_amount" || key == "page") return page(value);
    if (key == "items_amount" || key == "limit") return size(value);
    return std::nullopt;
  }
  ListQuery take() { return std::move(out_); }

 private:
  std::optional<Failing> numbers(std::string_view value) {
    const auto parts = split(value);
    if (parts.size() > kMostNumbers) return Failing{Error::TooManyItems};
    for (const auto& part : parts) {
      auto number = shipments::normalise_number(part);
      if (!number) return Failing{Error::NumberInvalid};
      out_.filter.tracking_numbers.push_back(std::move(*number));
    }
    return std::nullopt;
  }
  std::optional<Failing> couriers(std::string_view value) {
    for (const auto& part : split(value)) out_.filter.courier_codes.push_back(base::lower(part));
    if (out_.filter.courier_codes.size() > kMostNumbers)
      return Failing{Error::FieldInvalid, "courier_code"};
    return std::nullopt;
  }
  std::optional<Failing> statuses(std::string_view value) {
    for (const auto& part : split(value)) {
      const auto status = journey::parse_status(part);
      if (!status || out_.filter.statuses.size() > 20)
        return Failing{Error::FieldInvalid, "delivery_status"};
      out_.filter.statuses.push_back(*status);
    }
    return std::nullopt;
  }
  std::optional<Failing> date(std::string_view key, std::string_view value,
                              std::optional<base::Instant>& to) {
    to = base::parse_iso(base::trim(value));
    if (to) return std::nullopt;
    for (const auto known :
         {"created_date_min", "created_date_max", "updated_date_min", "updated_date_max"}) {
      if (key == known) return Failing{Error::FieldInvalid, known};
    }
    return Failing{Error::BadRequest};
  }
  // Inclusive to the second that is shown, although microseconds are stored.
  std::optional<Failing> last_date(std::string_view key, std::string_view value,
                                   std::optional<base::Instant>& to) {
    const auto failing = date(key, value, to);
    if (to)
      *to = std::chrono::floor<std::chrono::seconds>(*to) + std::chrono::microseconds(999'999);
    return failing;
  }
  std::optional<Failing> archived(std::string_view value) {
    out_.filter.is_archived = parse_archived(value);
    if (!out_.filter.is_archived) return Failing{Error::FieldInvalid, "archived_status"};
    return std::nullopt;
  }
  std::optional<Failing> page(std::string_view value) {
    const auto n = parse_count(value);
    if (!n || *n > 1'000'000) return Failing{Error::FieldInvalid, "pages_amount"};
    if (*n > 0) out_.page.number = *n;
    return std::nullopt;
  }
  std::optional<Failing> size(std::string_view value) {
    const auto n = parse_count(value);
    if (!n) return Failing{Error::FieldInvalid, "items_amount"};
    if (*n > 0) out_.page.size = std::min(*n, kLargestPageSize);
    return std::nullopt;
  }

  ListQuery out_{{}, {1, kDefaultPageSize}};
};

}  // namespace

base::Result<shipments::Shipment, Failing> read_create(Fields fields,
                                                       const couriers::Catalogue& catalogue) {
  if (base::trim(fields[Field::TrackingNumber]).empty())
    return base::Failure{Failing{Error::NumberRequired}};
  auto number = shipments::normalise_number(fields[Field::TrackingNumber]);
  if (!number) return base::Failure{Failing{Error::NumberInvalid}};
  const auto* courier = catalogue.find(base::trim(fields[Field::CourierCode]));
  if (courier == nullptr) return base::Failure{Failing{Error::CourierInvalid}};
  if (const auto failing = check_forms(fields)) return base::Failure{*failing};
  if (!has_special_fields(fields, *courier))
    return base::Failure{Failing{Error::SpecialFieldsMissing}};

  shipments::Shipment shipment;
  shipment.head.tracking_number = std::move(*number);
  shipment.head.courier_code = courier->code;
  shipment.head.status = journey::Status::Pending;
  shipment.head.substatus = 1;
  shipment.head.may_auto_correct = is_true(fields[Field::AutoCorrect]);
  fill_head(fields, shipment.head);
  fill_body(fields, shipment.body);
  return shipment;
}

base::Result<Changes, Failing> read_update(Fields fields, const couriers::Catalogue& catalogue) {
  Changes changes;
  if (const auto failing = check_forms(fields)) return base::Failure{*failing};
  if (const auto code = base::trim(fields[Field::CourierCodeNew]); !code.empty()) {
    const auto* courier = catalogue.find(code);
    if (courier == nullptr) return base::Failure{Failing{Error::CourierInvalid}};
    changes.courier_code = courier->code;
  }
  if (fields.has(Field::ArchivedStatus)) {
    changes.is_archived = parse_archived(fields[Field::ArchivedStatus]);
    if (!changes.is_archived)
      return base::Failure{Failing{Error::FieldInvalid, name(Field::ArchivedStatus)}};
  }
  changes.touches_body =
      std::ranges::any_of(kBodyFields, [&](Field field) { return fields.has(field); });
  changes.fields = std::move(fields);
  return changes;
}

void apply(const Changes& changes, shipments::Shipment& shipment) {
  auto& head = shipment.head;
  fill_head(changes.fields, head);
  fill_body(changes.fields, shipment.body);
  if (changes.is_archived) head.is_archived = *changes.is_archived;
  if (!changes.courier_code.empty() && changes.courier_code != head.courier_code) {
    // Another carrier's parcel: what the first one told is not true of it.
    head.courier_code = changes.courier_code;
    head.status = journey::Status::Pending;
    head.substatus = 1;
    shipment.body.journey = {};
  }
}

base::Result<ListQuery, Failing> read_list_query(std::string_view raw_query) {
  ListReader reader;
  // A raw plus stays a plus: dates of two SDKs arrive so, and no filter value has a space that a
  // plus could stand for.
  for (const auto& [key, value] : http::parse_query(raw_query, http::Plus::IsPlus)) {
    if (const auto failing = reader.read(key, value)) return base::Failure{*failing};
  }
  return reader.take();
}

}  // namespace api::v4

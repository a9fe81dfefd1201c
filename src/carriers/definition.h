// A connector's definition (docs/connectors.md): connector.toml, checked and compiled.
//
// Everything here is immutable once loaded. What is in hand is valid: paths parse, templates know
// their names, zones exist, patterns compile.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "carriers/connector.h"
#include "carriers/document.h"
#include "carriers/path.h"
#include "carriers/template.h"
#include "carriers/times.h"
#include "carriers/value.h"
#include "journey/understanding.h"

namespace carriers {

enum class AccessKind : std::uint8_t { None, Basic, Headers, Query, Body, OAuth2, Signed, Login };
std::string_view name(AccessKind kind);

// How a token is got: OAuth2, or a login service of the carrier's own.
struct TokenAccess {
  enum class Send : std::uint8_t { Basic, Form, Json };
  std::string method = "POST";
  Template url;
  std::string grant = "client_credentials";
  Send send = Send::Basic;
  NamedTemplates form, headers;
  Template body;  // when given, it is sent instead of the form
  std::string content_type;
  Format format = Format::Json;  // of the answer
  Value token;
  Value seconds;        // how long it lives; nothing: `lifetime`
  int lifetime = 3600;  // seconds
  std::string bearer_header = "Authorization";
  Template bearer;  // "Bearer {token}"; empty when {token} stands in the request itself
};

// A digest over what is sent, with a secret: {signature}.
struct Signature {
  enum class Hash : std::uint8_t { Md5, Sha1, Sha256 };
  enum class Encoding : std::uint8_t { Base64, Hex, UpperHex };
  Template text;  // "{message}{now_ms}{check_word}", as it stands
  Template key;   // given: an HMAC under it; else the text alone is hashed
  Hash hash = Hash::Md5;
  Encoding encoding = Encoding::Base64;
  bool is_form_encoded = false;  // the text, before it is hashed
};

struct Access {
  std::string base;  // "https://onlinetools.ups.com"
  AccessKind kind = AccessKind::None;
  std::vector<std::string> secrets, optional;
  Template user, password;             // basic
  NamedTemplates headers, query;       // headers, query; also beside the other kinds
  std::optional<Signature> signature;  // what {signature} stands for
  std::optional<TokenAccess> token;
};

enum class Need : std::uint8_t { Postcode, ShipDate, DestinationCountry, Key, Account };
std::string_view name(Need need);

struct Paging {
  enum class Kind : std::uint8_t { None, Next, Offset };
  Kind kind = Kind::None;
  Value next;          // the whole address of the next page, or its path
  std::string offset;  // the query's key
  int step = 0;
  Value total;
};

// One call: what is sent where.
struct CallShape {
  std::string method = "GET";
  Template path;  // behind `base`
  NamedTemplates query, headers;
  Template body;
  std::string content_type;
  NamedTemplates form;       // instead of a body: its fields, each encoded by itself
  Template message;          // a document of its own, that stands as {message} in any of the above
  std::string message_type;  // its content type: how what it names is escaped in it
  int batch = 1;
  std::string between = ",";  // between numbers in {numbers}
  Template each;              // for each number, when more than the number itself
};

// How a service that answers only for numbers it knows is made to know one.
struct Registration : CallShape {
  bool is_for_missing = false;  // "not found" means: not registered
};

struct Request : CallShape {
  std::vector<Need> needs;
  Paging pages;
  bool not_found_is_404 = false;
  std::optional<Registration> registration;
};

struct Limits {
  double per_second = 5;
  std::int64_t per_day = 0;  // 0: no limit is known
  int concurrency = 4;
  int deadline_ms = 4500;
  int min_gap_minutes = 15;
  int days_kept = 0;  // 0: unknown
};

// How parts of an answer are read.
struct TimeMapping {
  Value value, offset;
  TimeRules rules;
  explicit operator bool() const { return static_cast<bool>(value); }
};
struct PlaceMapping {
  Value text, city, state, zip, country;
};

struct ShipmentMapping {
  Value number, status_code, status_words, signed_by, weight, weight_unit, dimension, pieces,
      service_code, service, next_courier, next_number, pickup_point, proof_of_delivery,
      next_action, phone, weblink, language, id;
  TimeMapping estimate, estimate_until, ship_date;
  PlaceMapping origin, destination;
  bool verdict_from_status = false;
};

struct EventMapping {
  Value description, detail, code, piece, id, cancels, verdict_code, verdict_text;
  TimeMapping time;
  PlaceMapping place;
  std::vector<Condition> note, expected, skip;
};

struct Answer {
  Format format = Format::Json;
  std::vector<Condition> when;
  Path shipments;
  std::optional<Path> events;
  // Of each event: the numbers of the shipments it speaks of. An event without one speaks of all.
  std::vector<Path> group_by;
  journey::Report::Order order = journey::Report::Order::NewestFirst;
  Value message_date;  // for times without a year
  ShipmentMapping shipment;
  EventMapping event;
};

struct ErrorRule {
  std::vector<int> http;  // any of these; 4 stands for 400 to 499, 5 for 500 to 599
  std::vector<Condition> when;
  std::optional<Format> format;
  std::optional<Path> for_each;
  ErrorClass error_class = ErrorClass::Server;
  Value code, message, number;
  bool is_unregistered = false;  // the number must be made known first (Request::registration)
};

// How a carrier that tells by itself proves who it is (inbound/doors.h).
struct Push {
  std::string verify = "header";     // header | path | hmac
  std::string header;                // where its secret or signature stands
  std::string prefix;                // of a signature: "sha256="
  std::string algorithm = "sha256";  // sha256 | sha1 | sha512
  std::string encoding = "hex";      // hex | base64
  std::string setup;                 // where the carrier is told the address, for people
};

struct Definition {
  std::string id;  // the folder's name
  std::string name, courier;
  std::vector<std::string> also;
  bool is_upstream = false;
  std::string documentation;
  std::string evidence = "documentation";  // documentation | sample | live
  bool is_official = false;
  std::string zone, language, standard;

  std::vector<Path> inner;  // texts of a JSON answer that are JSON themselves

  Access access;
  Request request;
  Limits limits;
  std::optional<Push> push;
  std::vector<Answer> answers;
  std::vector<ErrorRule> errors;
  journey::CodeTable codes;
};

// One folder's texts, to a definition. `where` is the folder as people know it, for the mistakes;
// they are added to, and nothing is given when there are any.
std::optional<Definition> parse_definition(std::string_view id, std::string_view where,
                                           std::string_view toml, std::string_view codes_tsv,
                                           std::vector<DefinitionMistake>& mistakes);

}  // namespace carriers

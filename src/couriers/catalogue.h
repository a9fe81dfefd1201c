// Who exists: every courier for which there are facts. Read-only, compiled into the program, shared
// by all threads.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace couriers {

enum class Kind : std::uint8_t { Express, Post, Freight, Air };
std::string_view name(Kind kind);  // "express", "post", "freight", "air"

// Views into the compiled-in data; empty when unknown.
struct Courier {
  std::string_view code;  // TrackingMore's code where it has one: "usps", "china-ems"
  std::string_view name;
  std::string_view name_alt;  // Chinese or other name
  std::string_view country;   // ISO 3166-1 alpha-2 of the operator
  std::string_view website;
  std::string_view phone;
  std::string_view tracking_url;  // template with {tracking_number}
  Kind kind = Kind::Express;
  std::vector<std::string_view> required_fields;  // v4 field names: "tracking_postal_code", ...
  std::vector<std::string_view> optional_fields;
  std::string_view code_aftership;
  std::string_view code_17track;
  std::string_view scac;         // ocean lines
  std::string_view awb_prefix;   // air cargo
  std::string_view code_source;  // whose code it is: "trackingmore", "aftership", "derived", ...
};

class Catalogue {
 public:
  Catalogue();
  ~Catalogue();

  std::span<const Courier> all() const;  // sorted by code
  // Any case; nullptr when unknown. Constant time.
  const Courier* find(std::string_view code) const;
  // By another platform's code.
  const Courier* find_aftership(std::string_view slug) const;
  const Courier* find_17track(std::string_view key) const;
  // Name, alternative name or code contains the words (any case); best first.
  std::vector<const Courier*> search(std::string_view words, std::size_t most) const;

  // Airline of an air waybill prefix ("176"), empty name when unknown.
  struct Airline {
    std::string_view prefix, name, iata, icao;
    const Courier* courier = nullptr;
    bool carries_cargo = false;
  };
  const Airline* airline(std::string_view prefix) const;

  // The courier's page for this number, or its website, or empty.
  static std::string tracking_link(const Courier& courier, std::string_view number);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace couriers

// Whole shipments in and out of the v4 tracking object: how people come here from another platform,
// and leave.
//
// What is read is what write_tracking writes; a shipment that goes out and in again is the same to
// the second.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "shipments/shipment.h"

namespace api::v4 {

// One tracking object. The account, subject and expiry are left to the caller; an id that is not 32
// hexadecimal digits becomes a new one; a courier that the catalogue does not know is kept as it is
// (other platforms know more). A created_at in the future becomes `now`. The error is a sentence
// that names the field, never its value.
base::Result<shipments::Shipment, std::string> parse_tracking(std::string_view json,
                                                              base::Instant now);

// The same for an object that brings other people's data in: what its account may not pass on, and
// what no tracking object has, is left out and named; a card's number in a text refuses the whole
// object. `covers`: may this category be brought in? (accounts/processing_terms.h)
struct Imported {
  shipments::Shipment shipment;
  std::vector<std::string> left_out;  // keys, in the order of the object
};
base::Result<Imported, std::string> import_tracking(
    std::string_view json, base::Instant now,
    const std::function<bool(std::string_view category)>& covers);

// Cuts a JSON array of objects into its objects while it is read, so that a file of any size needs
// the memory of its largest object. Also takes what an API call answers, {"meta":..,"data":[..]}:
// it yields every object directly inside the first array.
class ArraySplitter {
 public:
  // Longest object that is still accepted; a longer one stops with is_broken().
  static constexpr std::size_t kLongestObject = 4 << 20;

  void feed(std::string_view chunk) { buffer_ += chunk; }
  // The next whole object, valid until the next call; empty when more must be fed.
  std::string_view next();
  bool is_broken() const { return is_broken_; }
  // The array was closed.
  bool is_at_end() const { return state_ == State::After; }

 private:
  enum class State { Before, Between, Inside, After };
  std::string buffer_;
  std::size_t at_ = 0;     // scanned so far
  std::size_t begin_ = 0;  // of the object being scanned
  int depth_ = 0;
  bool in_string_ = false;
  bool after_backslash_ = false;
  State state_ = State::Before;
  bool is_broken_ = false;
};

}  // namespace api::v4

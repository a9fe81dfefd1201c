// What is told by which way: a cell for each trigger and channel. A shop has a matrix, a shipment
// may have one that says otherwise, a person has theirs.
//
// Said by a shop, On means "unless the person says no", Offered "when the person asks for it" and
// Off "never" (an SMS costs the shop money; nobody can order one from it). Said by a person, there
// is On and Off; a person's Off is final.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "channels/channel.h"
#include "journey/trigger.h"

namespace consent {

enum class Cell : std::uint8_t { Unsaid, Off, Offered, On };
// "", "off", "offered", "on"
std::string_view name(Cell cell);

class Matrix {
 public:
  Cell at(journey::Trigger trigger, channels::Channel channel) const {
    return cells_[static_cast<std::size_t>(channel)][static_cast<std::size_t>(trigger)];
  }
  void set(journey::Trigger trigger, channels::Channel channel, Cell cell) {
    cells_[static_cast<std::size_t>(channel)][static_cast<std::size_t>(trigger)] = cell;
  }
  void set_channel(channels::Channel channel, Cell cell) {
    cells_[static_cast<std::size_t>(channel)].fill(cell);
  }
  void set_all(Cell cell) {
    for (auto& channel : cells_) channel.fill(cell);
  }
  // Where `other` says something, it counts.
  void overlay(const Matrix& other);

  // One channel's row as it is stored, "delivered=on exception=off", without what is unsaid.
  std::string row(channels::Channel channel) const;
  // Reads it; words that it does not know are passed over (a newer program wrote them).
  void read_row(channels::Channel channel, std::string_view text);

  friend bool operator==(const Matrix&, const Matrix&) = default;

 private:
  std::array<std::array<Cell, journey::kTriggerNames.size()>, channels::kChannelNames.size()>
      cells_{};
};

// What is told before a shop has said anything: by e-mail and push what a buyer wants to know, by
// chat what a shop wants to know, nothing by SMS.
const Matrix& usual_matrix();

// Is it told? `shop` is the usual matrix with the account's and the shipment's over it.
bool is_told(Cell shop, Cell person);

}  // namespace consent

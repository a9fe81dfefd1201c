#include "consent/matrix.h"

namespace consent {
namespace {

using channels::Channel;
using journey::Trigger;

constexpr std::array<std::string_view, 4> kCellNames = {"", "off", "offered", "on"};

Cell find_cell(std::string_view word) {
  for (std::size_t i = 1; i < kCellNames.size(); ++i) {
    if (kCellNames[i] == word) return static_cast<Cell>(i);
  }
  return Cell::Unsaid;
}

constexpr Trigger kBuyersWant[] = {
    Trigger::OutForDelivery, Trigger::ReadyForPickup, Trigger::FailedAttempt, Trigger::Delivered,
    Trigger::Exception,      Trigger::Returned,       Trigger::Delayed};
constexpr Trigger kShopsWant[] = {Trigger::FailedAttempt, Trigger::Delivered, Trigger::Exception,
                                  Trigger::Returned,      Trigger::Expired,   Trigger::NotFound,
                                  Trigger::Delayed,       Trigger::NoMovement};

Matrix make_usual() {
  Matrix usual;
  usual.set_all(Cell::Offered);
  usual.set_channel(Channel::Sms, Cell::Off);
  for (const auto trigger : kBuyersWant) {
    usual.set(trigger, Channel::Email, Cell::On);
    usual.set(trigger, Channel::Push, Cell::On);
  }
  for (const auto channel : {Channel::Slack, Channel::Discord, Channel::Telegram, Channel::Ntfy}) {
    for (const auto trigger : kShopsWant) usual.set(trigger, channel, Cell::On);
  }
  // A home shows all of it, and a program decides itself.
  usual.set_channel(Channel::HomeAssistant, Cell::On);
  usual.set_channel(Channel::Webhook, Cell::On);
  return usual;
}

}  // namespace

std::string_view name(Cell cell) { return kCellNames[static_cast<std::size_t>(cell)]; }

void Matrix::overlay(const Matrix& other) {
  for (std::size_t c = 0; c < cells_.size(); ++c) {
    for (std::size_t t = 0; t < cells_[c].size(); ++t) {
      if (other.cells_[c][t] != Cell::Unsaid) cells_[c][t] = other.cells_[c][t];
    }
  }
}

std::string Matrix::row(Channel channel) const {
  std::string text;
  const auto& cells = cells_[static_cast<std::size_t>(channel)];
  for (std::size_t t = 0; t < cells.size(); ++t) {
    if (cells[t] == Cell::Unsaid) continue;
    if (!text.empty()) text += ' ';
    text += journey::kTriggerNames[t];
    text += '=';
    text += name(cells[t]);
  }
  return text;
}

void Matrix::read_row(Channel channel, std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find(' ');
    const auto word = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const auto equals = word.find('=');
    if (equals == std::string_view::npos) continue;
    const auto trigger = journey::find_trigger(word.substr(0, equals));
    if (trigger) set(*trigger, channel, find_cell(word.substr(equals + 1)));
  }
}

const Matrix& usual_matrix() {
  static const Matrix kUsual = make_usual();
  return kUsual;
}

bool is_told(Cell shop, Cell person) {
  if (shop == Cell::Off || shop == Cell::Unsaid || person == Cell::Off) return false;
  return shop == Cell::On || person == Cell::On;
}

}  // namespace consent

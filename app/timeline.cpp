#include "app/timeline.h"

#include <fmt/format.h>

#include <array>

#include "app/terminal.h"
#include "pages/words.h"

namespace app {
namespace {

using journey::Checkpoint;
using journey::Status;
using pages::Words;

std::string coloured(Status status, std::string_view text) {
  switch (status) {
    case Status::Delivered:
      return green(text);
    case Status::Undelivered:
      return yellow(text);
    case Status::Exception:
      return red(text);
    case Status::Transit:
    case Status::Pickup:
      return bold(text);
    default:
      return dim(text);
  }
}

std::string meaning(const Words& words, Status status, int substatus) {
  const auto key = journey::substatus_name(status, substatus);
  if (substatus > 0 && words.has(key)) return std::string(words.get(key));
  return std::string(words.get(fmt::format("status.{}", journey::name(status))));
}

int steps_done(Status status) {
  switch (status) {
    case Status::InfoReceived:
      return 1;
    case Status::Transit:
    case Status::Exception:
    case Status::Expired:
      return 2;
    case Status::Pickup:
    case Status::Undelivered:
      return 3;
    case Status::Delivered:
      return 4;
    default:
      return 0;
  }
}

std::string steps(const Words& words, Status status) {
  constexpr std::array<std::string_view, 4> kKeys{"step.received", "step.moving", "step.out",
                                                  "step.delivered"};
  const int done = steps_done(status);
  std::string line = "  ";
  for (int i = 0; i < 4; ++i) {
    const auto word = words.get(kKeys[static_cast<std::size_t>(i)]);
    const bool is_reached = i < done;
    const auto shown = fmt::format("{} {}", is_reached ? "●" : "○", word);
    line += i + 1 == done ? coloured(status, shown) : is_reached ? shown : dim(shown);
    if (i < 3) line += i + 1 < done ? "  ──  " : dim("  ──  ");
  }
  return line + "\n";
}

std::string events(const Words& words, const std::vector<Checkpoint>& checkpoints) {
  std::string out, open_day;
  for (const auto& c : checkpoints) {
    const auto day = words.day(c.date);
    if (day != open_day) out += fmt::format("\n  {}\n", bold(day.empty() ? "Without a date" : day));
    open_day = day;
    const bool is_known = c.status != Status::Pending;
    const auto means =
        is_known ? meaning(words, c.status, c.substatus) : std::string("not understood");
    out += fmt::format("  {:>5}  {} {}{}\n", words.hour(c.date), coloured(c.status, "●"),
                       coloured(c.status, means),
                       c.location.empty() ? std::string() : dim(fmt::format("  {}", c.location)));
    if (!c.text.empty()) out += dim(fmt::format("           {}", c.text)) + "\n";
  }
  return out;
}

}  // namespace

std::string timeline(const TimelineOf& parcel, const journey::Journey& j) {
  const auto& words = *Words::find("en");
  std::string out = fmt::format("\n  {}  {}\n", bold(parcel.number), parcel.carrier);
  const auto headline =
      std::string(words.get(fmt::format("status.{}", journey::name(parcel.status))));
  out += fmt::format("  {}", coloured(parcel.status, headline));
  const auto exact = meaning(words, parcel.status, parcel.substatus);
  if (exact != headline) out += fmt::format(": {}", exact);
  out += '\n';
  const bool is_over = parcel.status == Status::Delivered || parcel.status == Status::Exception;
  if (const auto day = words.day(j.scheduled_delivery_date); !day.empty() && !is_over)
    out += fmt::format("  Expected {}\n", bold(day));
  out += "\n" + steps(words, parcel.status);
  for (const auto* leg : {&j.destination, &j.origin}) {
    if (leg->checkpoints.empty()) continue;
    if (!j.destination.checkpoints.empty() && !leg->courier_code.empty())
      out += fmt::format("\n  {}\n", dim(fmt::format("with {}", leg->courier_code)));
    out += events(words, leg->checkpoints);
  }
  if (j.origin.checkpoints.empty() && j.destination.checkpoints.empty())
    out += dim("\n  No events yet.\n");
  return out;
}

}  // namespace app

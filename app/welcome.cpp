#include "app/welcome.h"

#include <fmt/format.h>

#include "app/terminal.h"

namespace app {
namespace {

// Twelve seconds an hour, at 300.
std::string hour_takes(int speed) {
  const double seconds = 3600.0 / speed;
  return seconds >= 120 ? fmt::format("{:.0f} minutes", seconds / 60)
                        : fmt::format("{:.3g} seconds", seconds);
}

std::string curl(const Welcome& w, std::string_view path, const std::string& body) {
  auto line = fmt::format("    curl -s '{}{}' -H 'Tracking-Api-Key: {}'", w.url, path, w.key);
  if (!body.empty()) line += fmt::format(" -H 'Content-Type: application/json' -d '{}'", body);
  return line + "\n\n";
}

std::string lines_to_paste(const Welcome& w) {
  return "  Whose number is it?\n" +
         curl(w, "/v4/couriers/detect", fmt::format(R"({{"tracking_number":"{}"}})", w.number)) +
         "  Track it; the carrier is asked while you wait:\n" +
         curl(w, "/v4/trackings/create",
              fmt::format(
                  R"({{"tracking_number":"{}","courier_code":"{}","title":"My first parcel"}})",
                  w.number, w.courier)) +
         "  Read it back, now and a minute later:\n" +
         curl(w, "/v4/trackings/get?tracking_numbers=" + w.number, {});
}

}  // namespace

std::string welcome_text(const Welcome& w) {
  auto text =
      fmt::format("\n  {}   (Ctrl-C stops it)\n\n", bold("Milepost is running on " + w.url));
  text += fmt::format("  Demo shop  {}/demo\n", w.url);
  text += fmt::format("  Its mail   {}/demo/mail\n", w.url);
  if (!w.page.empty()) text += fmt::format("  A parcel   {}\n", w.page);
  text += fmt::format("  API key    {}\n", w.key);
  text += fmt::format("  Data       {}\n\n", w.folder);
  text += fmt::format(
      "  The carriers are simulated on this machine; nobody else is asked. The demo's clock runs "
      "{} "
      "times as\n  fast as yours (an hour takes {}), so the parcels move while you look.\n",
      w.speed, hour_takes(w.speed));
  text +=
      "  Milepost itself keeps only a hash of the key. A copy is in demo-key in the data folder, "
      "readable by you\n  alone, so that it can be shown again: delete the file when you have "
      "noted "
      "the key.\n\n";
  if (!w.number.empty()) text += lines_to_paste(w);
  return text;
}

}  // namespace app

#include "carriers/simulator/samples.h"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace carriers::simulator {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The first number the case expects, which the request will ask for; two cases of one carrier may
// share it.
std::string number_of(const boost::json::value& expected) {
  const auto* shipments = expected.as_object().if_contains("shipments");
  if (shipments == nullptr || !shipments->is_array()) return {};
  for (const auto& shipment : shipments->get_array()) {
    const auto* number = shipment.as_object().if_contains("tracking_number");
    if (number != nullptr && number->is_string()) return std::string(number->get_string());
  }
  return {};
}

int status_of(const boost::json::value& expected) {
  const auto* error = expected.as_object().if_contains("error");
  if (error == nullptr || !error->is_object()) return 200;
  const auto* status = error->get_object().if_contains("http_status");
  return status != nullptr && status->is_int64() ? static_cast<int>(status->get_int64()) : 200;
}

}  // namespace

Samples::Samples(const std::string& folder) {
  if (folder.empty()) return;
  std::vector<fs::path> cases;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().string().ends_with(".expected.json")) cases.push_back(entry.path());
  }
  std::ranges::sort(cases);
  for (const auto& path : cases) {
    boost::system::error_code trouble;
    const auto expected = boost::json::parse(contents(path), trouble);
    if (trouble || !expected.is_object()) continue;
    const auto* file = expected.get_object().if_contains("file");
    if (file == nullptr || !file->is_string()) continue;
    const auto answer = path.parent_path() / std::string(file->get_string());
    Sample sample;
    sample.carrier = path.parent_path().filename();
    sample.name = path.filename().string();
    sample.name.resize(sample.name.size() - std::string_view(".expected.json").size());
    sample.number = number_of(expected);
    const bool is_taken = std::ranges::any_of(samples_, [&](const Sample& other) {
      return other.carrier == sample.carrier && other.number == sample.number;
    });
    if (sample.number.empty() || is_taken) sample.number = "CASE-" + sample.name;
    sample.format = answer.extension() == ".xml" ? Format::Xml : Format::Json;
    sample.body = contents(answer);
    sample.http_status = status_of(expected);
    samples_.push_back(std::move(sample));
  }
}

const Sample* Samples::find(std::string_view carrier, std::string_view text) const {
  const Sample* found = nullptr;
  for (const auto& sample : samples_) {
    const bool fits = sample.carrier == carrier && text.find(sample.number) != std::string::npos;
    // Of two numbers that begin alike, the longer is meant.
    if (fits && (found == nullptr || sample.number.size() > found->number.size())) found = &sample;
  }
  return found;
}

}  // namespace carriers::simulator

#include "rights/proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>

#include "base/text.h"
#include "rights/access.h"
#include "rights/proof_database.h"

namespace rights {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShortest = 4;
constexpr std::size_t kPiece = 1 << 20;

// What base64 makes of the value wherever it stands in the text: at each of the three places, the
// characters that depend on nothing else.
std::vector<std::string> in_base64(std::string_view value) {
  std::vector<std::string> all;
  for (std::size_t before = 0; before < 3; ++before) {
    const auto coded = base::to_base64(std::string(before, '\0') + std::string(value));
    const std::size_t from = before == 0 ? 0 : before == 1 ? 2 : 3;
    const auto bits = (before + value.size()) * 8;
    const auto until = bits / 6;
    if (until > from + kShortest) all.push_back(coded.substr(from, until - from));
  }
  return all;
}

std::string in_utf16(std::string_view value) {
  std::string wide;
  for (const char c : value) {
    wide += c;
    wide += '\0';
  }
  return wide;
}

std::string folded(std::string_view bytes) { return base::lower(bytes); }

// The needles of each kind: those that are compared as they are, and those in any letter case.
struct Needles {
  std::vector<std::string> exact, any_case;
  std::size_t longest = 0;
};

Needles needles_of(const std::vector<std::string>& values) {
  Needles needles;
  std::set<std::string> exact, any_case;
  for (const auto& value : values) {
    if (value.size() < kShortest) continue;
    any_case.insert(folded(value));
    any_case.insert(base::to_hex(std::string_view(value)));
    any_case.insert(folded(in_utf16(value)));
    for (auto& coded : in_base64(value)) exact.insert(std::move(coded));
  }
  needles.exact.assign(exact.begin(), exact.end());
  needles.any_case.assign(any_case.begin(), any_case.end());
  for (const auto* list : {&needles.exact, &needles.any_case}) {
    for (const auto& needle : *list) needles.longest = std::max(needles.longest, needle.size());
  }
  return needles;
}

// How often needles end after `from` in the bytes.
std::int64_t count_in(std::string_view bytes, const std::vector<std::string>& needles,
                      std::size_t from) {
  std::int64_t found = 0;
  for (const auto& needle : needles) {
    for (auto at = bytes.find(needle); at != std::string_view::npos;
         at = bytes.find(needle, at + 1)) {
      if (at + needle.size() > from) ++found;
    }
  }
  return found;
}

void search_file(const fs::path& path, const Needles& needles, Certificate::Surface& surface) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path.string() + ": cannot be read, so nothing is proven");
  std::string window;
  for (;;) {
    const auto kept = std::min(window.size(), needles.longest > 0 ? needles.longest - 1 : 0);
    window.erase(0, window.size() - kept);
    std::string piece(kPiece, '\0');
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<std::size_t>(in.gcount()));
    if (piece.empty()) return;
    surface.bytes += static_cast<std::int64_t>(piece.size());
    window += piece;
    surface.found += count_in(window, needles.exact, kept);
    surface.found += count_in(folded(window), needles.any_case, kept);
  }
}

}  // namespace

std::vector<std::string> disguises(std::string_view value) {
  const auto needles = needles_of({std::string(value)});
  auto all = needles.exact;
  all.insert(all.end(), needles.any_case.begin(), needles.any_case.end());
  return all;
}

std::vector<Certificate::Surface> search(const std::vector<Surface>& surfaces,
                                         const std::vector<std::string>& values) {
  const auto needles = needles_of(values);
  std::vector<Certificate::Surface> searched;
  for (const auto& one : surfaces) {
    Certificate::Surface surface{one.name, one.path, 0, 0, {}};
    std::error_code error;
    if (!fs::exists(one.path, error)) {
      surface.note = "not there";
    } else if (fs::is_directory(one.path, error)) {
      std::int64_t files = 0;
      for (const auto& entry : fs::recursive_directory_iterator(one.path)) {
        if (!entry.is_regular_file()) continue;
        search_file(entry.path(), needles, surface);
        ++files;
      }
      surface.note = fmt::format("{} files", files);
    } else {
      search_file(one.path, needles, surface);
    }
    searched.push_back(std::move(surface));
  }
  return searched;
}

std::int64_t count_in_text(std::string_view text, const std::vector<std::string>& values) {
  const auto needles = needles_of(values);
  return count_in(text, needles.exact, 0) + count_in(folded(text), needles.any_case, 0);
}

std::vector<std::string> canaries_of(const Report& report) {
  constexpr std::string_view kReferences[] = {"tracking_number", "order_number", "order_id"};
  std::set<std::string> values;
  if (!report.address.empty()) values.insert(report.address);
  for (const auto& row : report.rows) {
    const auto table = std::ranges::find(kept_tables(), row.table, &KeptTable::name);
    if (table != kept_tables().end() && table->at_erasure == AtErasure::Keep) continue;
    for (const auto& value : row.values) {
      const bool is_reference =
          std::ranges::find(kReferences, value.column) != std::end(kReferences);
      const bool is_whole = value.column != "journey" && value.column != "answer";
      if ((value.is_sealed && is_whole) || is_reference) values.insert(value.value);
    }
  }
  return {values.begin(), values.end()};
}

}  // namespace rights

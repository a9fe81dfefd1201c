#include "inbound/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"

namespace inbound {
namespace {

namespace fs = std::filesystem;

// Names that a sender gives a file until it is whole.
bool is_unfinished(std::string_view name) {
  if (name.empty() || name[0] == '.' || name.back() == '~') return true;
  const auto lower = base::lower(name);
  constexpr std::string_view kEndings[] = {".part", ".filepart", ".partial", ".tmp",
                                           ".temp", ".swp",      ".writing", ".crdownload"};
  return std::ranges::any_of(kEndings, [&](auto ending) { return lower.ends_with(ending); });
}

std::optional<std::int64_t> account_of(const std::string& name) {
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
  if (error != std::errc() || end != name.data() + name.size() || id <= 0) return std::nullopt;
  return id;
}

// Regular files only, and not through a link that a sender may have laid.
std::optional<std::string> read_file(const std::string& path, std::size_t largest) {
  const int file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::nullopt;
  struct stat facts {};
  std::string bytes;
  bool good = ::fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) &&
              static_cast<std::size_t>(facts.st_size) <= largest;
  while (good) {
    char buffer[1 << 16];
    const auto n = ::read(file, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      good = n == 0;
      break;
    }
    bytes.append(buffer, static_cast<std::size_t>(n));
    good = bytes.size() <= largest;
  }
  ::close(file);
  if (!good) return std::nullopt;
  return bytes;
}

// A name that is free in the folder: the same, or with a number behind it.
fs::path free_name(const fs::path& folder, const std::string& name) {
  auto path = folder / name;
  for (int i = 1; fs::exists(fs::symlink_status(path)); ++i)
    path = folder / fmt::format("{}.{}", name, i);
  return path;
}

// Whole or not at all: written beside, then renamed.
void write_file(const fs::path& path, std::string_view text) {
  auto beside = path;
  beside += ".writing";
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << text;
    out.flush();
    if (!out) throw std::runtime_error(fmt::format("{} cannot be written", beside.string()));
  }
  fs::rename(beside, path);
}

std::string too_large(std::size_t largest) {
  base::JsonWriter json;
  json.begin_object().key("accepted").value(false).key("errors").begin_array().begin_object();
  json.key("code").value("unreadable");
  json.key("what").value(
      fmt::format("not a file that can be read, or larger than {} bytes", largest));
  json.key("where").null().end_object().end_array().end_object();
  return std::move(json).text();
}

}  // namespace

struct Folder::Place {
  std::int64_t account_id = 0;
  std::string connector;
  fs::path root;
};

void Folder::prepare(std::int64_t account_id, const std::string& connector) {
  const auto root = fs::path(options_.folder) / std::to_string(account_id) / connector;
  for (const char* name : {"incoming", "done", "rejected"}) fs::create_directories(root / name);
}

Scanned Folder::scan() {
  Scanned scanned;
  for (auto& [path, sight] : sights_) sight.is_seen = false;
  std::error_code error;
  for (const auto& account : fs::directory_iterator(options_.folder, error)) {
    const auto id = account_of(account.path().filename().string());
    if (!id || !account.is_directory(error)) continue;
    for (const auto& connector : fs::directory_iterator(account.path(), error)) {
      const Place place{*id, connector.path().filename().string(), connector.path()};
      if (!connector.is_directory(error) || !fs::is_directory(place.root / "incoming", error))
        continue;
      try {
        scan_place(place, scanned);
      } catch (const fs::filesystem_error& e) {
        base::log(base::Level::Error, "inbound.folder_failed", {{"error", e.code().message()}});
        ++scanned.failed;
      }
    }
  }
  std::erase_if(sights_, [](const auto& one) { return !one.second.is_seen; });
  return scanned;
}

void Folder::scan_place(const Place& place, Scanned& scanned) {
  for (const char* name : {"done", "rejected"}) {
    fs::create_directories(place.root / name);
    remove_old((place.root / name).string(), scanned);
  }
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(place.root / "incoming")) {
    const auto name = entry.path().filename().string();
    if (!is_unfinished(name) && !entry.is_directory()) names.push_back(name);
  }
  // Senders number their files: taken in that order, the history grows as it happened.
  std::ranges::sort(names);
  for (const auto& name : names) {
    if (is_settled((place.root / "incoming" / name).string())) {
      take(place, name, scanned);
    } else {
      ++scanned.waiting;
    }
  }
}

bool Folder::is_settled(const std::string& path) {
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) != 0) return false;
  const auto size = static_cast<std::uintmax_t>(facts.st_size);
  const std::int64_t changed =
      static_cast<std::int64_t>(facts.st_mtim.tv_sec) * 1'000'000'000 + facts.st_mtim.tv_nsec;
  const auto now = clock_.now();
  auto [at, is_new] = sights_.try_emplace(path);
  auto& sight = at->second;
  sight.is_seen = true;
  if (is_new || sight.size != size || sight.changed != changed) {
    sight = {size, changed, now, true};
    return false;
  }
  return now - sight.since >= options_.settle;
}

void Folder::take(const Place& place, const std::string& name, Scanned& scanned) {
  const auto from = place.root / "incoming" / name;
  const auto bytes = read_file(from.string(), options_.largest);
  std::string reason = too_large(options_.largest);
  std::string acknowledgement;
  bool is_taken = false;
  if (bytes) {
    try {
      const auto taken = base::sync_wait(mouth_.take(
          {place.account_id, place.connector, *bytes, shipments::Mouth::Folder, options_.unknown}));
      is_taken = taken.outcome != Taken::Outcome::Rejected;
      reason = to_json(taken);
      acknowledgement = taken.acknowledgement;
    } catch (const std::exception& e) {
      base::log(base::Level::Error, "inbound.file_not_taken",
                {{"connector", place.connector}, {"error", e.what()}});
      ++scanned.failed;
      return;
    }
  }
  const auto to = free_name(place.root / (is_taken ? "done" : "rejected"), name);
  // The reason first: a rejected file never lies there without one.
  auto beside = to;
  if (!is_taken) write_file(beside += ".reason.json", reason);
  fs::rename(from, to);
  const auto now = base::to_micros(clock_.now());
  const timespec moved{now / 1'000'000, (now % 1'000'000) * 1000};
  const timespec times[2] = {moved, moved};
  ::utimensat(AT_FDCWD, to.c_str(), times, AT_SYMLINK_NOFOLLOW);
  if (is_taken && !acknowledgement.empty()) write_file(beside += ".ack", acknowledgement);
  ++(is_taken ? scanned.taken : scanned.rejected);
}

void Folder::remove_old(const std::string& folder, Scanned& scanned) {
  const auto oldest = base::to_micros(clock_.now() - options_.keep) / 1'000'000;
  for (const auto& entry : fs::directory_iterator(folder)) {
    struct stat facts {};
    if (::lstat(entry.path().c_str(), &facts) != 0 || S_ISDIR(facts.st_mode) ||
        facts.st_mtim.tv_sec >= oldest)
      continue;
    scanned.removed += ::unlink(entry.path().c_str()) == 0 ? 1 : 0;
  }
}

}  // namespace inbound

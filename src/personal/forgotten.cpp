#include "personal/forgotten.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace personal {
namespace {

void write_synced(const std::string& path, int flags, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, S_IRUSR | S_IWUSR);
  bool is_written = file >= 0;
  while (is_written && !text.empty()) {
    const auto n = ::write(file, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    is_written = n > 0;
    if (is_written) text.remove_prefix(static_cast<std::size_t>(n));
  }
  is_written = is_written && ::fsync(file) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!is_written) throw std::system_error(error, std::generic_category(), path);
}

std::string line_of(const Forgotten& one) {
  return fmt::format("{} {} {}\n", base::to_micros(one.at), one.account_id,
                     fmt::join(one.slots, " "));
}

}  // namespace

void ForgottenFile::append(base::Instant now, std::int64_t account_id,
                           std::span<const std::int64_t> slots) {
  const std::lock_guard lock(mutex_);
  write_synced(path_, O_APPEND, line_of({now, account_id, {slots.begin(), slots.end()}}));
}

std::vector<Forgotten> ForgottenFile::read(base::Instant since) const {
  std::vector<Forgotten> all;
  std::ifstream file(path_);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::int64_t at = 0;
    Forgotten one;
    if (!(words >> at >> one.account_id)) continue;
    one.at = base::from_micros(at);
    for (std::int64_t slot = 0; words >> slot;) one.slots.push_back(slot);
    if (one.at >= since && words.eof()) all.push_back(std::move(one));
  }
  return all;
}

void ForgottenFile::prune(base::Instant before) {
  const std::lock_guard lock(mutex_);
  if (!std::filesystem::exists(path_)) return;
  std::string text;
  for (const auto& one : read(before)) text += line_of(one);
  const auto beside = path_ + ".new";
  write_synced(beside, O_TRUNC, text);
  std::filesystem::rename(beside, path_);
}

}  // namespace personal

// The master key's file: two lines of text, so that an operator who opens it knows what it is.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/text.h"
#include "personal/secret.h"
#include "personal/vault.h"
#include "personal/wrap.h"

namespace personal {
namespace {

constexpr std::string_view kHeader = "milepost master key 1\n";
constexpr std::size_t kFileBytes = kHeader.size() + 2 * Key::kBytes + 1;

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

[[noreturn]] void fail(const std::string& path, std::string_view words) {
  throw std::runtime_error(fmt::format("master key file {}: {}", path, words));
}
[[noreturn]] void fail_errno(const std::string& path, std::string_view words) {
  fail(path, fmt::format("{}: {}", words, std::generic_category().message(errno)));
}

void sync_folder_of(const std::string& path) {
  auto folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.get() < 0 || ::fsync(file.get()) != 0) fail_errno(path, "its folder cannot be synced");
}

void write_all(const File& file, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(file.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail_errno(path, "it cannot be written");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

// Written whole beside its place, then linked into it: a crash leaves no half key there, and two
// processes that start at once end with the same key (link(2) refuses the second).
void make_file(const std::string& path) {
  const Key key = random_key();
  std::string text(kHeader);
  text.reserve(kFileBytes);
  std::array<char, 2 * Key::kBytes + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), key.data(), Key::kBytes);
  text.append(hex.data(), 2 * Key::kBytes) += '\n';
  sodium_memzero(hex.data(), hex.size());

  const Nonce random = random_nonce();
  const auto beside = path + "." + base::to_hex(std::span(random).first(8)) + ".new";
  try {
    const File file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                           S_IRUSR | S_IWUSR));
    if (file.get() < 0) fail_errno(path, "it cannot be made");
    write_all(file, path, text);
    if (::fsync(file.get()) != 0) fail_errno(path, "it cannot be synced");
    if (::link(beside.c_str(), path.c_str()) != 0 && errno != EEXIST) {
      fail_errno(path, "it cannot be put in its place");
    }
  } catch (...) {
    wipe(text);
    ::unlink(beside.c_str());
    throw;
  }
  wipe(text);
  ::unlink(beside.c_str());
  sync_folder_of(path);
}

// False when there is no such file.
bool read_file(const std::string& path, std::span<std::uint8_t, Key::kBytes> key) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT) return false;
  if (file.get() < 0) fail_errno(path, "it cannot be opened");
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail_errno(path, "it cannot be examined");
  if (!S_ISREG(status.st_mode)) fail(path, "it is not a regular file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    fail(path, "others than its owner may use it; chmod 600 it, and make a new key if they did");
  }
  std::array<char, kFileBytes + 1> bytes{};
  std::size_t size = 0;
  while (size < bytes.size()) {
    const auto n = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno(path, "it cannot be read");
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  // An editor may have taken the last line's end away.
  const bool fits = size + 1 == kFileBytes || (size == kFileBytes && bytes[size - 1] == '\n');
  std::size_t decoded = 0;
  const bool good = fits && std::string_view(bytes.data(), kHeader.size()) == kHeader &&
                    sodium_hex2bin(key.data(), key.size(), bytes.data() + kHeader.size(),
                                   2 * Key::kBytes, nullptr, &decoded, nullptr) == 0 &&
                    decoded == key.size();
  sodium_memzero(bytes.data(), bytes.size());
  if (!good) fail(path, "it is not a master key (two lines: a heading, and 64 hexadecimal digits)");
  return true;
}

}  // namespace

MasterKey MasterKey::load(const std::string& path, bool may_create) {
  start_sodium();
  MasterKey key;
  if (read_file(path, key.bytes_)) return key;
  if (!may_create) fail(path, "there is no such file");
  make_file(path);
  if (!read_file(path, key.bytes_)) fail(path, "it vanished while it was made");
  return key;
}

MasterKey MasterKey::ephemeral() {
  start_sodium();
  MasterKey key;
  const Key random = random_key();
  std::memcpy(key.bytes_.data(), random.data(), Key::kBytes);
  return key;
}

MasterKey::MasterKey(MasterKey&& other) noexcept : bytes_(other.bytes_) {
  sodium_memzero(other.bytes_.data(), other.bytes_.size());
}

MasterKey::~MasterKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

}  // namespace personal

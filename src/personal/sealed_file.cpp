#include "personal/sealed_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "personal/secret.h"
#include "personal/wrap.h"

namespace personal {
namespace {

constexpr std::string_view kFirstLine = "milepost sealed file 1\n";
constexpr std::size_t kPart = 64 << 10;
constexpr std::size_t kHeader = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t kMore = crypto_secretstream_xchacha20poly1305_ABYTES;

unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

[[noreturn]] void fail(const std::string& path, std::string_view words) {
  throw SealedFileFault(fmt::format("{}: {}", path, words));
}

}  // namespace

struct SealedFileWriter::State {
  std::string path, beside, kind, waiting;
  int file = -1;
  crypto_secretstream_xchacha20poly1305_state stream{};
  bool is_finished = false;

  void put(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::write(file, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) fail(path, fmt::format("it cannot be written: {}", std::strerror(errno)));
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  void put_part(std::string_view part, unsigned char tag) {
    std::string sealed(part.size() + kMore, '\0');
    crypto_secretstream_xchacha20poly1305_push(&stream, raw(sealed), nullptr, raw(part),
                                               part.size(), raw(kind), kind.size(), tag);
    put(sealed);
  }
};

SealedFileWriter::SealedFileWriter(const std::string& path, const MasterKey& master,
                                   std::string_view kind)
    : state_(std::make_unique<State>()) {
  start_sodium();
  state_->path = path;
  state_->beside = path + ".new";
  state_->kind = kind;
  state_->file =
      ::open(state_->beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (state_->file < 0) fail(path, fmt::format("it cannot be made: {}", std::strerror(errno)));
  const Key key = derive(Key::copy_of(master.bytes_.data()), Derived::Files);
  std::string header(kHeader, '\0');
  crypto_secretstream_xchacha20poly1305_init_push(&state_->stream, raw(header), key.data());
  state_->put(kFirstLine);
  state_->put(header);
}

SealedFileWriter::~SealedFileWriter() {
  if (state_->file >= 0) ::close(state_->file);
  if (!state_->is_finished) ::unlink(state_->beside.c_str());
}

void SealedFileWriter::write(std::string_view bytes) {
  auto& waiting = state_->waiting;
  waiting += bytes;
  std::size_t at = 0;
  for (; waiting.size() - at > kPart; at += kPart) {
    state_->put_part(std::string_view(waiting).substr(at, kPart), 0);
  }
  waiting.erase(0, at);
}

void SealedFileWriter::finish() {
  state_->put_part(state_->waiting, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
  if (::fsync(state_->file) != 0) fail(state_->path, "it cannot be synced");
  if (::rename(state_->beside.c_str(), state_->path.c_str()) != 0) {
    fail(state_->path, "it cannot be put in its place");
  }
  state_->is_finished = true;
}

struct SealedFileReader::State {
  std::string path, kind;
  std::ifstream file;
  crypto_secretstream_xchacha20poly1305_state stream{};
  bool is_over = false;

  std::string take(std::size_t most) {
    std::string bytes(most, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(most));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
  }
};

SealedFileReader::SealedFileReader(const std::string& path, const MasterKey& master,
                                   std::string_view kind)
    : state_(std::make_unique<State>()) {
  start_sodium();
  state_->path = path;
  state_->kind = kind;
  state_->file.open(path, std::ios::binary);
  if (!state_->file) fail(path, "it cannot be opened");
  if (state_->take(kFirstLine.size()) != kFirstLine) fail(path, "it is no sealed file");
  const auto header = state_->take(kHeader);
  const Key key = derive(Key::copy_of(master.bytes_.data()), Derived::Files);
  if (header.size() != kHeader || crypto_secretstream_xchacha20poly1305_init_pull(
                                      &state_->stream, raw(header), key.data()) != 0) {
    fail(path, "it is no sealed file");
  }
}

SealedFileReader::~SealedFileReader() = default;

std::string SealedFileReader::read() {
  if (state_->is_over) return {};
  const auto sealed = state_->take(kPart + kMore);
  if (sealed.size() < kMore) fail(state_->path, "it ends too early");
  std::string part(sealed.size() - kMore, '\0');
  unsigned char tag = 0;
  if (crypto_secretstream_xchacha20poly1305_pull(&state_->stream, raw(part), nullptr, &tag,
                                                 raw(sealed), sealed.size(), raw(state_->kind),
                                                 state_->kind.size()) != 0) {
    fail(state_->path,
         "it is damaged, of another kind, or was sealed under another master key than this one");
  }
  if (tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
    state_->is_over = true;
    if (!state_->take(1).empty()) fail(state_->path, "something was added at its end");
  }
  return part;
}

}  // namespace personal

#include "store/no_wait.h"

#include <sqlite3.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <utility>

namespace store::engine {
namespace {

thread_local bool is_reading_so = false;
thread_local bool would_wait = false;

ssize_t read_at(int file, void* into, std::size_t size, off_t at) {
  if (!is_reading_so) return ::pread(file, into, size, at);
  std::size_t done = 0;
  while (done < size) {
    const iovec piece{static_cast<char*>(into) + done, size - done};
    const auto got = ::preadv2(file, &piece, 1, at + static_cast<off_t>(done), RWF_NOWAIT);
    if (got == 0) break;  // the end of the file
    if (got > 0) {
      done += static_cast<std::size_t>(got);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EOPNOTSUPP) return ::pread(file, into, size, at);
    would_wait = would_wait || errno == EAGAIN;
    errno = EIO;
    return -1;
  }
  return static_cast<ssize_t>(done);
}

}  // namespace

void install_no_wait() {
  static std::once_flag once;
  std::call_once(once, [] {
    sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
    if (vfs == nullptr || vfs->iVersion < 3) return;
    for (const char* name : {"pread", "pread64"}) {
      vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(&read_at));
    }
  });
}

NoWait::NoWait() { is_reading_so = true; }
NoWait::~NoWait() { is_reading_so = false; }
bool NoWait::would_have_waited() { return std::exchange(would_wait, false); }

}  // namespace store::engine

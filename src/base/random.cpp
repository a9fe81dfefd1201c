#include "base/random.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace base {

void fill_random(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const auto got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

void take_random(std::span<std::uint8_t> out) {
  struct Pool {
    std::array<std::uint8_t, 4000> bytes{};
    std::size_t left = 0;
  };
  thread_local Pool pool;
  if (out.size() > pool.bytes.size()) return fill_random(out);
  if (pool.left < out.size()) {
    fill_random(pool.bytes);
    pool.left = pool.bytes.size();
  }
  std::memcpy(out.data(), pool.bytes.data() + (pool.bytes.size() - pool.left), out.size());
  pool.left -= out.size();
}

}  // namespace base

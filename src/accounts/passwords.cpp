#include "accounts/passwords.h"

#include <sodium.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "personal/secret.h"

namespace accounts {
namespace {

using personal::wipe;

constexpr std::string_view kPepperScope = "password-pepper";
constexpr std::size_t kMostBytes = 4 * kLongestPassword;

// Normalisation form KC, so that what a phone composes and what a keyboard decomposes is one
// password. Works on buffers of its own, which are wiped.
std::string nfkc(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return std::string(text);
  UErrorCode error = U_ZERO_ERROR;
  const auto* form = unorm2_getNFKCInstance(&error);
  std::u16string wide(text.size() + 1, u'\0');
  std::int32_t length = 0;
  u_strFromUTF8(wide.data(), static_cast<std::int32_t>(wide.size()), &length, text.data(),
                static_cast<std::int32_t>(text.size()), &error);
  std::u16string normal(wide.size() * 18, u'\0');  // the longest a character becomes
  const auto normal_length = unorm2_normalize(form, wide.data(), length, normal.data(),
                                              static_cast<std::int32_t>(normal.size()), &error);
  std::string out(normal.size() * 3, '\0');
  std::int32_t bytes = 0;
  u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &bytes, normal.data(),
              normal_length, &error);
  sodium_memzero(wide.data(), wide.size() * sizeof(char16_t));
  sodium_memzero(normal.data(), normal.size() * sizeof(char16_t));
  if (U_FAILURE(error)) {
    wipe(out);
    return std::string(text);
  }
  out.resize(static_cast<std::size_t>(bytes));
  return out;
}

}  // namespace

struct Passwords::State {
  struct Job {
    std::string password, kept;
    bool is_check = false;
    std::string hashed;
    Checked checked;
    std::coroutine_handle<> continuation;
    base::Executor* executor = nullptr;
  };
  class Hashing {
   public:
    Hashing(State& state, Job& job) : state_(state), job_(job) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) {
      job_.continuation = awaiting;
      job_.executor = base::Executor::current();
      is_taken_ = true;  // before: afterwards this may be gone
      if (state_.submit(job_)) return true;
      is_taken_ = false;
      return false;
    }
    bool await_resume() const noexcept { return is_taken_; }

   private:
    State& state_;
    Job& job_;
    bool is_taken_ = false;
  };

  State(personal::Vault& v, PasswordCost c, std::size_t count, std::size_t most)
      : vault(v), cost(c), queue_limit(most) {
    personal::start_sodium();
    for (std::size_t i = 0; i < count; ++i) threads.emplace_back([this] { run(); });
  }
  ~State() {
    {
      const std::lock_guard lock(mutex);
      is_stopping = true;
    }
    wake.notify_all();
    for (auto& thread : threads) thread.join();
  }

  bool submit(Job& job) {
    {
      const std::lock_guard lock(mutex);
      if (jobs.size() >= queue_limit) return false;
      jobs.push_back(&job);
    }
    wake.notify_one();
    return true;
  }

  void run() {
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return is_stopping || !jobs.empty(); });
      if (jobs.empty()) return;
      Job& job = *jobs.front();
      jobs.pop_front();
      lock.unlock();
      work(job);
      const auto continuation = job.continuation;
      if (job.executor != nullptr) {
        job.executor->post(std::span(&continuation, 1));
      } else {
        continuation.resume();
      }
      lock.lock();
    }
  }

  personal::Key peppered(std::string& password) {
    auto normal = nfkc(password);
    wipe(password);
    const auto hash = vault.keyed_hash(0, kPepperScope, normal);
    wipe(normal);
    return personal::Key::copy_of(hash.data());
  }
  std::string argon2id(const personal::Key& secret) {
    std::array<char, crypto_pwhash_STRBYTES> out{};
    if (crypto_pwhash_str_alg(out.data(), reinterpret_cast<const char*>(secret.data()),
                              personal::Key::kBytes, cost.passes,
                              static_cast<std::size_t>(cost.memory_bytes),
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
      throw std::bad_alloc();
    return out.data();
  }
  // What a person who does not exist is checked against: the same work, and no match.
  const std::string& nobody() {
    std::call_once(nobody_made, [this] {
      personal::Key key;
      randombytes_buf(key.data(), personal::Key::kBytes);
      nobody_hash = argon2id(key);
    });
    return nobody_hash;
  }

  void work(Job& job) {
    const auto secret = peppered(job.password);
    ++hashes;
    if (!job.is_check) {
      job.hashed = argon2id(secret);
      return;
    }
    const auto& against = job.kept.empty() ? nobody() : job.kept;
    const bool matches =
        crypto_pwhash_str_verify(against.c_str(), reinterpret_cast<const char*>(secret.data()),
                                 personal::Key::kBytes) == 0;
    job.checked.matches = matches && !job.kept.empty();
    if (job.checked.matches &&
        crypto_pwhash_str_needs_rehash(job.kept.c_str(), cost.passes,
                                       static_cast<std::size_t>(cost.memory_bytes)) != 0) {
      ++hashes;
      job.checked.renewed = argon2id(secret);
    }
  }

  personal::Vault& vault;
  const PasswordCost cost;
  const std::size_t queue_limit;
  std::once_flag nobody_made;
  std::string nobody_hash;
  std::atomic<std::uint64_t> hashes{0};

  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Job*> jobs;
  bool is_stopping = false;
  std::vector<std::thread> threads;
};

Passwords::Passwords(personal::Vault& vault, PasswordCost cost, std::size_t threads,
                     std::size_t queue)
    : state_(std::make_unique<State>(vault, cost, threads, queue)) {}
Passwords::~Passwords() = default;

base::Task<base::Result<std::string, PasswordTrouble>> Passwords::hash(std::string password) {
  State::Job job;
  job.password = std::move(password);
  const bool was_taken = co_await State::Hashing(*state_, job);
  wipe(job.password);
  if (!was_taken) co_return base::Failure{PasswordTrouble::Busy};
  co_return std::move(job.hashed);
}

base::Task<base::Result<Passwords::Checked, PasswordTrouble>> Passwords::check(std::string password,
                                                                               std::string kept) {
  State::Job job;
  job.password = std::move(password);
  // Nobody's password is so long; hashing it would only cost.
  if (job.password.size() > kMostBytes) {
    job.password.resize(1);
    kept.clear();
  }
  job.kept = std::move(kept);
  job.is_check = true;
  const bool was_taken = co_await State::Hashing(*state_, job);
  wipe(job.password);
  if (!was_taken) co_return base::Failure{PasswordTrouble::Busy};
  co_return std::move(job.checked);
}

std::uint64_t Passwords::hashes() const { return state_->hashes; }

}  // namespace accounts

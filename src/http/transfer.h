// One call on its way through libcurl: an easy handle set up from it, and what came back. For this
// room only; on the loop's thread, except the constructor.
#pragma once
#include <chrono>
#include <coroutine>
#include <list>
#include <string>

#include "base/result.h"
#include "base/task.h"
#include "http/client.h"
#include "http/reply_head.h"

using CURL = void;
struct curl_slist;

namespace http {

// What one hop of a call needs to know. `call` is read until the transfer is settled.
struct Transfer {
  const Call& call;
  std::string origin;  // "https://host:443", the key of the limits for each host
  std::string proxy;   // empty: none
  std::chrono::steady_clock::time_point until;

  // Whoever waits, and where.
  std::coroutine_handle<> continuation;
  base::Executor* executor = nullptr;

  // Settled before the continuation runs.
  std::optional<CallError> error;
  Reply reply;

  // The loop's.
  CURL* easy = nullptr;
  const OwnAddresses* own = nullptr;
  curl_slist* header_list = nullptr;
  ReplyHead head;
  bool was_refused = false;  // an address of it may not be called
  bool was_tried = false;    // another one may
  bool is_too_large = false;
  std::list<Transfer*>::iterator place;  // among those who wait for the same host
};

// Sets `easy` (fresh or reset) up for the transfer. False when the call cannot travel.
bool prepare(Transfer& transfer, CURL* easy, const Client::Options& options);
// Takes the outcome over; `code` is libcurl's.
void settle(Transfer& transfer, int code);
// Frees what prepare() made, except the handle.
void release(Transfer& transfer);

}  // namespace http

// Claims on due work that several processes share.
//
// A row is due when its due time has come and nobody's lease on it runs. Claiming sets the lease in
// the same statement that finds the rows (UPDATE ... RETURNING, with FOR UPDATE SKIP LOCKED on
// PostgreSQL), so no two processes ever hold the same row. A process that dies simply lets its
// leases run out.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"

namespace store {

// Who claims: unique per process and start, random. Goes into lease_owner columns.
std::string new_lease_owner();

// How the id column is stored.
enum class IdForm { Bytes, Text, Integer };

// A table that can be claimed has the columns (account_id, <id>, due_at, lease_owner, lease_until),
// an index on due_at, and NULL in due_at when there is no more work.
struct Claimable {
  std::string_view table;  // constants of ours, never input
  std::string_view id;     // the id column beside account_id
  IdForm form = IdForm::Bytes;
};

struct Claim {
  std::int64_t account_id;
  std::string id;  // an integer id in decimal digits
};

// Up to `most` due rows, each now leased to `owner` until now + length.
std::vector<Claim> claim_due(Tx& tx, const Claimable& what, std::string_view owner,
                             base::Instant now, std::chrono::microseconds length, int most);

// True when `owner` still held the lease and gave it up; due_at becomes next_due (nullopt: no more
// work).
bool finish_claim(Tx& tx, const Claimable& what, const Claim& claim, std::string_view owner,
                  std::optional<base::Instant> next_due);

}  // namespace store

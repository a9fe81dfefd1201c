#include "audit/tree.h"

#include <algorithm>
#include <bit>

#include "crypto/hash.h"

namespace audit {
namespace {

Hash sha256(std::string_view text) {
  const std::string raw = crypto::sha256(text);
  Hash hash;
  std::copy(raw.begin(), raw.end(), hash.begin());
  return hash;
}

// The largest power of two below n, for n > 1.
std::uint64_t split(std::uint64_t n) { return std::bit_floor(n - 1); }

// Of the leaves from `begin`, which is a multiple of the largest power of two in `size`.
Hash range_root(std::uint64_t begin, std::uint64_t size, const Subtree& subtree) {
  if (std::has_single_bit(size)) {
    const int level = std::countr_zero(size);
    return subtree(level, begin >> level);
  }
  const auto left = split(size);
  return node_hash(range_root(begin, left, subtree),
                   range_root(begin + left, size - left, subtree));
}

// RFC 6962 2.1.1, PATH, with what is collected from the leaf upwards.
void path(std::uint64_t index, std::uint64_t begin, std::uint64_t size, const Subtree& subtree,
          std::vector<Hash>& proof) {
  if (size == 1) return;
  const auto left = split(size);
  if (index < left) {
    path(index, begin, left, subtree, proof);
    proof.push_back(range_root(begin + left, size - left, subtree));
  } else {
    path(index - left, begin + left, size - left, subtree, proof);
    proof.push_back(range_root(begin, left, subtree));
  }
}

// RFC 6962 2.1.2, SUBPROOF.
void subproof(std::uint64_t earlier, std::uint64_t begin, std::uint64_t size, bool is_whole,
              const Subtree& subtree, std::vector<Hash>& proof) {
  if (earlier == size) {
    if (!is_whole) proof.push_back(range_root(begin, size, subtree));
    return;
  }
  const auto left = split(size);
  if (earlier <= left) {
    subproof(earlier, begin, left, is_whole, subtree, proof);
    proof.push_back(range_root(begin + left, size - left, subtree));
  } else {
    subproof(earlier - left, begin + left, size - left, false, subtree, proof);
    proof.push_back(range_root(begin, left, subtree));
  }
}

}  // namespace

Hash leaf_hash(std::string_view entry) {
  std::string text;
  text.reserve(entry.size() + 1);
  text += '\0';
  text += entry;
  return sha256(text);
}

Hash node_hash(const Hash& left, const Hash& right) {
  std::array<char, 1 + 2 * kHashBytes> text;
  text[0] = 1;
  std::copy(left.begin(), left.end(), text.begin() + 1);
  std::copy(right.begin(), right.end(), text.begin() + 1 + kHashBytes);
  return sha256({text.data(), text.size()});
}

Hash empty_root() { return sha256({}); }

std::optional<Hash> to_hash(std::string_view bytes) {
  if (bytes.size() != kHashBytes) return std::nullopt;
  Hash hash;
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

Hash root(std::uint64_t size, const Subtree& subtree) {
  return size == 0 ? empty_root() : range_root(0, size, subtree);
}

std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size, const Subtree& subtree) {
  std::vector<Hash> proof;
  path(index, 0, size, subtree, proof);
  return proof;
}

// RFC 9162 2.1.3.2.
bool is_included(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                 const std::vector<Hash>& proof, const Hash& root) {
  if (index >= size) return false;
  auto fn = index, sn = size - 1;
  Hash r = leaf;
  for (const Hash& p : proof) {
    if (sn == 0) return false;
    if ((fn & 1) == 1 || fn == sn) {
      r = node_hash(p, r);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      r = node_hash(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && r == root;
}

std::vector<Hash> consistency_proof(std::uint64_t earlier, std::uint64_t size,
                                    const Subtree& subtree) {
  std::vector<Hash> proof;
  subproof(earlier, 0, size, true, subtree, proof);
  return proof;
}

// RFC 9162 2.1.4.2.
bool is_consistent(std::uint64_t earlier, std::uint64_t size, const Hash& earlier_root,
                   const Hash& root, const std::vector<Hash>& proof) {
  if (earlier == 0 || earlier > size) return false;
  if (earlier == size) return proof.empty() && earlier_root == root;
  std::vector<Hash> path = proof;
  if (std::has_single_bit(earlier)) path.insert(path.begin(), earlier_root);
  if (path.empty()) return false;
  auto fn = earlier - 1, sn = size - 1;
  while ((fn & 1) == 1) {
    fn >>= 1;
    sn >>= 1;
  }
  Hash fr = path[0], sr = path[0];
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (sn == 0) return false;
    if ((fn & 1) == 1 || fn == sn) {
      fr = node_hash(path[i], fr);
      sr = node_hash(path[i], sr);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      sr = node_hash(sr, path[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && fr == earlier_root && sr == root;
}

}  // namespace audit

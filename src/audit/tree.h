// The Merkle tree of RFC 6962 section 2 (RFC 9162 section 2.1): hashes, proofs of inclusion and of
// consistency. Pure.
//
// A leaf's hash is SHA-256(0x00, entry), a node's SHA-256(0x01, left, right); a tree of n leaves
// splits at the largest power of two below n.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace audit {

inline constexpr std::size_t kHashBytes = 32;
using Hash = std::array<char, kHashBytes>;

Hash leaf_hash(std::string_view entry);
Hash node_hash(const Hash& left, const Hash& right);
// Of no leaves: SHA-256 of nothing.
Hash empty_root();

inline std::string_view bytes(const Hash& hash) { return {hash.data(), hash.size()}; }
// Nothing unless there are exactly 32 bytes.
std::optional<Hash> to_hash(std::string_view bytes);

// The hash of the complete subtree of 2^level leaves that begins at leaf number << level. Whoever
// answers has to know the hashes of every complete subtree.
using Subtree = std::function<Hash(int level, std::uint64_t number)>;

// Of the first `size` leaves.
Hash root(std::uint64_t size, const Subtree& subtree);

// From the leaf upwards. `index` < `size`.
std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size, const Subtree& subtree);
bool is_included(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                 const std::vector<Hash>& proof, const Hash& root);

// That the tree of `size` begins with the tree of `earlier`. 0 < earlier <= size.
std::vector<Hash> consistency_proof(std::uint64_t earlier, std::uint64_t size,
                                    const Subtree& subtree);
bool is_consistent(std::uint64_t earlier, std::uint64_t size, const Hash& earlier_root,
                   const Hash& root, const std::vector<Hash>& proof);

}  // namespace audit

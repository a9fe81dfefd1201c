#include "audit/tree.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>

#include "base/text.h"

namespace {

using audit::Hash;

// The tree of "0", "1" .. as the standard defines it, without any cleverness.
Hash plain_root(std::uint64_t begin, std::uint64_t size) {
  if (size == 0) return audit::empty_root();
  if (size == 1) return audit::leaf_hash(std::to_string(begin));
  std::uint64_t left = 1;
  while (left * 2 < size) left *= 2;
  return audit::node_hash(plain_root(begin, left), plain_root(begin + left, size - left));
}
Hash subtree(int level, std::uint64_t number) {
  return plain_root(number << level, std::uint64_t{1} << level);
}
std::string hex(const Hash& hash) { return base::to_hex(audit::bytes(hash)); }

TEST(Tree, HashesAsTheStandardSays) {
  EXPECT_EQ(hex(audit::empty_root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(audit::leaf_hash("")),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST(Tree, HasTheRootOfItsDefinitionAtEverySize) {
  for (std::uint64_t size = 0; size <= 70; ++size) {
    EXPECT_EQ(audit::root(size, subtree), plain_root(0, size)) << size;
  }
}

// clause-066.proof
TEST(Tree, ProvesEveryLeafAndNoOtherInLogarithmicallyManySteps) {
  for (std::uint64_t size = 1; size <= 33; ++size) {
    const auto root = plain_root(0, size);
    for (std::uint64_t index = 0; index < size; ++index) {
      auto proof = audit::inclusion_proof(index, size, subtree);
      EXPECT_LE(proof.size(), static_cast<std::size_t>(std::bit_width(size - 1)));
      const auto leaf = audit::leaf_hash(std::to_string(index));
      EXPECT_TRUE(audit::is_included(leaf, index, size, proof, root));
      EXPECT_FALSE(audit::is_included(audit::leaf_hash("x"), index, size, proof, root));
      EXPECT_FALSE(audit::is_included(leaf, index, size, proof, audit::empty_root()));
      EXPECT_FALSE(audit::is_included(leaf, index + 1, size, proof, root));
      proof.push_back(leaf);
      EXPECT_FALSE(audit::is_included(leaf, index, size, proof, root));
    }
  }
}

TEST(Tree, ProvesThatItGrewFromEveryEarlierOne) {
  for (std::uint64_t size = 1; size <= 33; ++size) {
    for (std::uint64_t earlier = 1; earlier <= size; ++earlier) {
      const auto proof = audit::consistency_proof(earlier, size, subtree);
      const auto before = plain_root(0, earlier), now = plain_root(0, size);
      EXPECT_TRUE(audit::is_consistent(earlier, size, before, now, proof))
          << earlier << ' ' << size;
      EXPECT_FALSE(audit::is_consistent(earlier, size, audit::leaf_hash("x"), now, proof));
      EXPECT_FALSE(audit::is_consistent(earlier, size, before, audit::leaf_hash("x"), proof));
    }
  }
}

}  // namespace

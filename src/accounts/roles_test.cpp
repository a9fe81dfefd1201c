#include "accounts/roles.h"

#include <gtest/gtest.h>

namespace {

using namespace accounts;

std::vector<Permission> all_permissions() {
  std::vector<Permission> all;
  for (std::size_t i = 0; i < kPermissions; ++i) all.push_back(static_cast<Permission>(i));
  return all;
}

TEST(Roles, HaveWordsThatReadBack) {
  for (const Role role : kRoles) EXPECT_EQ(parse_role(word(role)), role);
  EXPECT_EQ(parse_role("root"), std::nullopt);
  EXPECT_EQ(parse_role(""), std::nullopt);
}

TEST(Roles, GiveNothingThatTheTableDoesNotName) {
  for (const auto permission : all_permissions()) {
    EXPECT_FALSE(roles_with(permission).empty()) << word(permission);
    for (const Role role : kRoles) {
      bool is_named = false;
      for (const Role one : roles_with(permission)) is_named |= one == role;
      EXPECT_EQ(may(role, permission), is_named) << word(role) << " " << word(permission);
    }
  }
}

TEST(Roles, LeaveAnOwnerAbleToDoEverything) {
  for (const auto permission : all_permissions())
    EXPECT_TRUE(may(Role::Owner, permission)) << word(permission);
}

TEST(Roles, KeepNamesFromWhoeverReadsFigures) {
  EXPECT_TRUE(may(Role::Analyst, Permission::ReadFigures));
  EXPECT_FALSE(may(Role::Analyst, Permission::ReadRecipients));
  EXPECT_FALSE(may(Role::Analyst, Permission::ReadShipments));
}

// clause-041.support clause-041.security
TEST(Roles, SeparateTheSecurityLogFromAnsweringCustomers) {
  EXPECT_FALSE(may(Role::Support, Permission::ReadSecurityLog));
  EXPECT_FALSE(may(Role::Admin, Permission::AnswerCustomers));
  for (const Role role : kRoles) {
    if (role == Role::Owner) continue;
    EXPECT_FALSE(may(role, Permission::ReadSecurityLog) && may(role, Permission::AnswerCustomers))
        << word(role);
  }
}

TEST(Need, RefusesEverybodyWhenItWasNotDeclared) {
  Standing owner{true, false, Role::Owner, true};
  EXPECT_EQ(decide(Need{}, owner), Verdict::Refused);
  EXPECT_EQ(decide(Need{}, {}), Verdict::Refused);
}

// Every need a route can declare, with everybody who can ask.
TEST(Need, IsAnsweredByTheTableForEveryRole) {
  for (const auto permission : all_permissions()) {
    const auto need = Need::permission(permission);
    EXPECT_EQ(decide(need, {}), Verdict::SignIn);
    EXPECT_EQ(decide(need, {true, false, std::nullopt, true}), Verdict::Refused);
    for (const Role role : kRoles) {
      const bool is_allowed = may(role, permission);
      EXPECT_EQ(decide(need, {true, false, role, true}),
                is_allowed ? Verdict::Welcome : Verdict::Refused)
          << word(role) << " " << word(permission);
      EXPECT_EQ(decide(need.recently(), {true, false, role, false}),
                is_allowed ? Verdict::ProveAgain : Verdict::Refused);
      EXPECT_EQ(decide(need, {true, true, role, true}), Verdict::Suspended);
    }
  }
}

TEST(Need, LetsSuspendedPeopleTakeTheirDataAndLeave) {
  const Standing suspended{true, true, Role::Owner, false};
  EXPECT_EQ(decide(Need::even_suspended(), suspended), Verdict::Welcome);
  EXPECT_EQ(decide(Need::even_suspended().recently(), suspended), Verdict::ProveAgain);
  EXPECT_EQ(decide(Need::person(), suspended), Verdict::Suspended);
}

}  // namespace

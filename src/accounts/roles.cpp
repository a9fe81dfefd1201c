#include "accounts/roles.h"

namespace accounts {
namespace {

constexpr auto kOwner = Role::Owner;
constexpr auto kAdmin = Role::Admin;
constexpr auto kOperator = Role::Operator;
constexpr auto kAnalyst = Role::Analyst;
constexpr auto kSupport = Role::Support;
constexpr auto kOfficer = Role::PrivacyOfficer;

struct Row {
  Permission permission;
  std::string_view word;
  std::array<Role, 6> roles;
  std::size_t count;
};
template <class... R>
constexpr Row row(Permission permission, std::string_view word, R... roles) {
  return {permission, word, {roles...}, sizeof...(roles)};
}

// The table. Whoever answers customers never reads the security log, and whoever reads that log
// never what customers wrote (policy clause 41). An owner, who could make themselves either, has
// both: a shop of one person must work. Whoever answers customers sees a recipient only beside the
// question that is answered, and never by looking around (clause 62).
constexpr Row kTable[] = {
    row(Permission::ReadShipments, "read_shipments", kOwner, kAdmin, kOperator, kSupport, kOfficer),
    row(Permission::WriteShipments, "write_shipments", kOwner, kAdmin, kOperator),
    row(Permission::ReadRecipients, "read_recipients", kOwner, kAdmin, kOperator, kOfficer),
    row(Permission::ReadFigures, "read_figures", kOwner, kAdmin, kOperator, kAnalyst, kSupport),
    row(Permission::ExportShipments, "export_shipments", kOwner, kAdmin, kOfficer),
    row(Permission::ManageMessages, "manage_messages", kOwner, kAdmin, kOperator),
    row(Permission::ManageHooks, "manage_hooks", kOwner, kAdmin),
    row(Permission::ManageKeys, "manage_keys", kOwner, kAdmin),
    row(Permission::ManageTeam, "manage_team", kOwner, kAdmin),
    row(Permission::ManageAccount, "manage_account", kOwner, kAdmin),
    row(Permission::CloseAccount, "close_account", kOwner),
    row(Permission::AnswerCustomers, "answer_customers", kOwner, kSupport),
    row(Permission::ReadSecurityLog, "read_security_log", kOwner, kAdmin),
    row(Permission::ReadAuditLog, "read_audit_log", kOwner, kOfficer),
    row(Permission::WorkPrivacyCases, "work_privacy_cases", kOwner, kAdmin, kOfficer),
    row(Permission::ManagePrivacy, "manage_privacy", kOwner, kOfficer),
    row(Permission::ReadConsent, "read_consent", kOwner, kSupport, kOfficer),
};
static_assert(std::size(kTable) == kPermissions);

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kPermissions; ++i) {
    if (static_cast<std::size_t>(kTable[i].permission) != i) return false;
  }
  return true;
}
static_assert(is_in_order(), "the table is read by position");

constexpr std::string_view kRoleWords[] = {"owner",   "admin",   "operator",
                                           "analyst", "support", "privacy_officer"};

}  // namespace

std::string_view word(Role role) { return kRoleWords[static_cast<std::size_t>(role)]; }

std::optional<Role> parse_role(std::string_view text) {
  for (const Role role : kRoles) {
    if (word(role) == text) return role;
  }
  return std::nullopt;
}

std::string_view word(Permission permission) {
  return kTable[static_cast<std::size_t>(permission)].word;
}

std::span<const Role> roles_with(Permission permission) {
  const auto& found = kTable[static_cast<std::size_t>(permission)];
  return {found.roles.data(), found.count};
}

bool may(Role role, Permission permission) {
  for (const Role one : roles_with(permission)) {
    if (one == role) return true;
  }
  return false;
}

Verdict decide(const Need& need, const Standing& standing) {
  if (need.of == Need::Of::Anyone) return Verdict::Welcome;
  if (need.of == Need::Of::Nobody) return Verdict::Refused;
  if (!standing.is_signed_in) return Verdict::SignIn;
  if (standing.is_suspended && need.of != Need::Of::LeftOver) return Verdict::Suspended;
  if (need.of == Need::Of::Member && !(standing.role && may(*standing.role, need.of_role)))
    return Verdict::Refused;
  if (need.step_up && !standing.is_recent) return Verdict::ProveAgain;
  return Verdict::Welcome;
}

}  // namespace accounts

#include "pages/account/handlers.h"

namespace pages {

using namespace account;  // the handlers, by name
using accounts::Need, accounts::Permission;

const std::vector<AccountRoute>& account_routes() {
  constexpr auto kAnyone = Need::anyone();
  constexpr auto kPerson = Need::person();
  constexpr auto kRecent = Need::person().recently();
  constexpr auto kLeftOver = Need::even_suspended();
  constexpr auto kTeam = Need::permission(Permission::ManageTeam);
  constexpr auto kKeys = Need::permission(Permission::ManageKeys);
  constexpr auto kHooks = Need::permission(Permission::ManageHooks);
  constexpr auto kTell = Need::permission(Permission::ManageMessages);
  constexpr auto kCases = Need::permission(Permission::WorkPrivacyCases);
  constexpr auto kWrite = Need::permission(Permission::WriteShipments);
  static const std::vector<AccountRoute> routes{
      {"GET", "/account/sign-up", kAnyone, sign_up_page, "/account/sign-up", true},
      {"POST", "/account/sign-up", kAnyone, sign_up, "/account/sign-up", true},
      {"GET", "/account/welcome", kAnyone, welcome_page, "/account/sign-up", true},
      {"POST", "/account/welcome", kAnyone, welcome, "/account/sign-up"},
      {"GET", "/account/invitation", kAnyone, invitation_page, "/account/sign-in", true},
      {"POST", "/account/invitation", kAnyone, invitation, "/account/sign-in"},
      {"GET", "/account/sign-in", kAnyone, sign_in_page, "/account/sign-in", true},
      {"POST", "/account/sign-in", kAnyone, account::sign_in, "/account/sign-in"},
      {"POST", "/account/sign-in/second", kAnyone, second_step, "/account/sign-in"},
      {"POST", "/account/sign-in/passkey/begin", kAnyone, begin_passkey_sign_in,
       "/account/sign-in"},
      {"POST", "/account/sign-in/passkey", kAnyone, passkey_sign_in, "/account/sign-in"},
      {"GET", "/account/forgot", kAnyone, forgot_page, "/account/forgot", true},
      {"POST", "/account/forgot", kAnyone, forgot, "/account/forgot"},
      {"GET", "/account/reset", kAnyone, reset_page, "/account/forgot", true},
      {"POST", "/account/reset", kAnyone, reset, "/account/forgot"},
      {"GET", "/account/new-email", kAnyone, confirm_email_page, "/account/preferences", true},
      {"POST", "/account/new-email", kAnyone, confirm_email, "/account/preferences"},
      {"GET", "/account/again", kLeftOver, again_page, "/account/again"},
      {"POST", "/account/again", kLeftOver, again, "/account/again"},
      {"POST", "/account/again/passkey", kLeftOver, passkey_again, "/account/again"},
      {"POST", "/account/sign-out", kLeftOver, sign_out, "/account"},
      {"GET", "/account/security", kPerson, security_page, "/account/security"},
      {"POST", "/account/security/password", kRecent, change_password, "/account/security"},
      {"GET", "/account/security/app", kRecent, app_page, "/account/security"},
      {"POST", "/account/security/app", kRecent, confirm_app, "/account/security/app"},
      {"POST", "/account/security/app/remove", kRecent, remove_app, "/account/security"},
      {"POST", "/account/security/codes", kRecent, new_codes, "/account/security"},
      {"POST", "/account/security/passkey/begin", kRecent, begin_passkey, "/account/security"},
      {"POST", "/account/security/passkey", kRecent, add_passkey, "/account/security"},
      {"POST", "/account/security/passkey/remove", kRecent, remove_passkey, "/account/security"},
      {"POST", "/account/security/session", kPerson, end_session, "/account/security"},
      {"POST", "/account/security/others", kPerson, end_others, "/account/security"},
      {"POST", "/account/security/browser", kPerson, forget_one_browser, "/account/security"},
      {"GET", "/account/preferences", kPerson, preferences_page, "/account/preferences"},
      {"POST", "/account/preferences", kPerson, preferences, "/account/preferences"},
      {"POST", "/account/preferences/email", kRecent, new_email, "/account/preferences"},
      {"GET", "/account/delete", kLeftOver.recently(), delete_page, "/account/delete"},
      {"POST", "/account/delete", kLeftOver.recently(), delete_me, "/account/delete"},
      {"GET", "/account/team", kTeam, team_page, "/account/team"},
      {"POST", "/account/team/invite", kTeam, invite, "/account/team"},
      {"POST", "/account/team/withdraw", kTeam, withdraw, "/account/team"},
      {"POST", "/account/team/role", kTeam.recently(), set_role, "/account/team"},
      {"POST", "/account/team/remove", kTeam.recently(), remove_member, "/account/team"},
      {"GET", "/account/keys", kKeys, keys_page, "/account/keys"},
      {"POST", "/account/keys", kKeys.recently(), create_key, "/account/keys"},
      {"POST", "/account/keys/revoke", kKeys, revoke_key, "/account/keys"},
      {"GET", "/account", kPerson, home_page, "/account"},
      {"POST", "/account/find", Need::permission(Permission::ReadShipments), find_parcels,
       "/account"},
      {"POST", "/account/parcels", kWrite, account::add_parcel, "/account"},
      {"GET", "/account/parcels/{id}", Need::permission(Permission::ReadShipments), parcel_page,
       "/account"},
      {"POST", "/account/parcels/remove", kWrite, remove_parcel, "/account"},
      {"POST", "/account/parcels/correct", kWrite, correct_parcel, "/account"},
      {"POST", "/account/parcels/ask", kWrite, ask_carrier, "/account"},
      {"GET", "/account/webhooks", kHooks, hooks_page, "/account/webhooks"},
      {"GET", "/account/webhooks/{id}", kHooks, hook_page, "/account/webhooks"},
      {"POST", "/account/webhooks", kHooks.recently(), add_hook, "/account/webhooks"},
      {"POST", "/account/webhooks/test", kHooks, test_hook, "/account/webhooks"},
      {"POST", "/account/webhooks/secret", kHooks.recently(), rotate_hook, "/account/webhooks"},
      {"POST", "/account/webhooks/pause", kHooks, pause_hook, "/account/webhooks"},
      {"POST", "/account/webhooks/resume", kHooks, resume_hook, "/account/webhooks"},
      {"POST", "/account/webhooks/remove", kHooks, remove_hook, "/account/webhooks"},
      {"POST", "/account/webhooks/replay", kHooks, replay_hook, "/account/webhooks"},
      {"GET", "/account/messages", kTell, messages_page, "/account/messages"},
      {"GET", "/account/messages/rooms/{number}", kTell, room_page, "/account/messages"},
      {"POST", "/account/messages/rooms", kTell.recently(), add_room, "/account/messages"},
      {"POST", "/account/messages/rooms/test", kTell, test_room, "/account/messages"},
      {"POST", "/account/messages/rooms/pause", kTell, pause_room, "/account/messages"},
      {"POST", "/account/messages/rooms/resume", kTell, resume_room, "/account/messages"},
      {"POST", "/account/messages/rooms/remove", kTell, remove_room, "/account/messages"},
      {"POST", "/account/messages/voice", kTell, account::set_voice, "/account/messages"},
      {"POST", "/account/messages/voice/house", kTell, drop_voice, "/account/messages"},
      {"GET", "/account/messages/words", kTell, words_page, "/account/messages"},
      {"POST", "/account/messages/words/open", kTell, open_words, "/account/messages/words"},
      {"GET", "/account/messages/words/{trigger}/{language}", kTell, edit_words,
       "/account/messages/words"},
      {"POST", "/account/messages/words/preview", kTell, preview_words, "/account/messages/words"},
      {"POST", "/account/messages/words/look", kTell, look_at_words, "/account/messages/words"},
      {"POST", "/account/messages/words/save", kTell, save_words, "/account/messages/words"},
      {"POST", "/account/messages/words/restore", kTell, restore_words, "/account/messages/words"},
      {"POST", "/account/messages/words/withdraw", kTell, withdraw_words,
       "/account/messages/words"},
      {"GET", "/account/cases", kCases, cases_page, "/account/cases"},
      {"GET", "/account/cases/{id}", kCases, case_page, "/account/cases"},
      {"POST", "/account/cases/perform", kCases.recently(), perform_case, "/account/cases"},
      {"POST", "/account/cases/answer", kCases, answer_case, "/account/cases"},
      {"POST", "/account/cases/proof", kCases, prove_case, "/account/cases"},
      {"POST", "/account/cases/extend", kCases, extend_case, "/account/cases"},
      {"POST", "/account/cases/refuse", kCases, refuse_case, "/account/cases"},
      {"GET", "/account/my-data", kLeftOver, my_data_page, "/account/my-data"},
      {"POST", "/account/my-data", kLeftOver.recently(), open_my_data, "/account/my-data"},
      {"GET", "/account/sign-in/with/{provider}", kAnyone, begin_provider, "/account/sign-in"},
      {"GET", "/account/sign-in/with/{provider}/back", kAnyone, provider_back, "/account/sign-in",
       true},
      {"GET", "/account/security/connect/{provider}", kRecent, connect_provider,
       "/account/security"},
      {"POST", "/account/security/disconnect", kRecent, disconnect_provider, "/account/security"},
  };
  return routes;
}

}  // namespace pages

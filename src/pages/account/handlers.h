// The handlers of the account pages, by the page they stand on. For this folder only.
#pragma once
#include "pages/account/desk.h"

namespace pages::account {

using Answer = base::Task<http::Response>;

// join.cpp
Answer sign_up_page(AccountContext&, VisitPtr);
Answer sign_up(AccountContext&, VisitPtr);
Answer welcome_page(AccountContext&, VisitPtr);
Answer welcome(AccountContext&, VisitPtr);
Answer invitation_page(AccountContext&, VisitPtr);
Answer invitation(AccountContext&, VisitPtr);
// door.cpp
Answer sign_in_page(AccountContext&, VisitPtr);
Answer sign_in(AccountContext&, VisitPtr);
Answer second_step(AccountContext&, VisitPtr);
Answer forgot_page(AccountContext&, VisitPtr);
Answer forgot(AccountContext&, VisitPtr);
Answer reset_page(AccountContext&, VisitPtr);
Answer reset(AccountContext&, VisitPtr);
Answer again_page(AccountContext&, VisitPtr);
Answer again(AccountContext&, VisitPtr);
Answer sign_out(AccountContext&, VisitPtr);
// passkeys.cpp: JSON, for the island
Answer begin_passkey_sign_in(AccountContext&, VisitPtr);
Answer passkey_sign_in(AccountContext&, VisitPtr);
Answer passkey_again(AccountContext&, VisitPtr);
Answer begin_passkey(AccountContext&, VisitPtr);
Answer add_passkey(AccountContext&, VisitPtr);
Answer remove_passkey(AccountContext&, VisitPtr);
// security.cpp
Answer security_page(AccountContext&, VisitPtr);
Answer change_password(AccountContext&, VisitPtr);
Answer app_page(AccountContext&, VisitPtr);
Answer confirm_app(AccountContext&, VisitPtr);
Answer remove_app(AccountContext&, VisitPtr);
Answer new_codes(AccountContext&, VisitPtr);
Answer end_session(AccountContext&, VisitPtr);
Answer end_others(AccountContext&, VisitPtr);
Answer forget_one_browser(AccountContext&, VisitPtr);
// settings.cpp
Answer preferences_page(AccountContext&, VisitPtr);
Answer preferences(AccountContext&, VisitPtr);
Answer new_email(AccountContext&, VisitPtr);
Answer confirm_email_page(AccountContext&, VisitPtr);
Answer confirm_email(AccountContext&, VisitPtr);
Answer delete_page(AccountContext&, VisitPtr);
Answer delete_me(AccountContext&, VisitPtr);
// hooks.cpp
Answer hooks_page(AccountContext&, VisitPtr);
Answer hook_page(AccountContext&, VisitPtr);
Answer add_hook(AccountContext&, VisitPtr);
Answer test_hook(AccountContext&, VisitPtr);
Answer rotate_hook(AccountContext&, VisitPtr);
Answer pause_hook(AccountContext&, VisitPtr);
Answer resume_hook(AccountContext&, VisitPtr);
Answer remove_hook(AccountContext&, VisitPtr);
Answer replay_hook(AccountContext&, VisitPtr);
// rooms.cpp
Answer messages_page(AccountContext&, VisitPtr);
Answer room_page(AccountContext&, VisitPtr);
Answer add_room(AccountContext&, VisitPtr);
Answer test_room(AccountContext&, VisitPtr);
Answer pause_room(AccountContext&, VisitPtr);
Answer resume_room(AccountContext&, VisitPtr);
Answer remove_room(AccountContext&, VisitPtr);
Answer set_voice(AccountContext&, VisitPtr);
Answer drop_voice(AccountContext&, VisitPtr);
// wording.cpp
Answer words_page(AccountContext&, VisitPtr);
Answer open_words(AccountContext&, VisitPtr);
Answer edit_words(AccountContext&, VisitPtr);
Answer preview_words(AccountContext&, VisitPtr);
Answer look_at_words(AccountContext&, VisitPtr);
Answer save_words(AccountContext&, VisitPtr);
Answer restore_words(AccountContext&, VisitPtr);
Answer withdraw_words(AccountContext&, VisitPtr);
// tickets.cpp
Answer tickets_page(AccountContext&, VisitPtr);
Answer ticket_page(AccountContext&, VisitPtr);
Answer answer_ticket(AccountContext&, VisitPtr);
Answer close_ticket(AccountContext&, VisitPtr);
// lists.cpp
Answer lists_page(AccountContext&, VisitPtr);
Answer make_list(AccountContext&, VisitPtr);
Answer list_page(AccountContext&, VisitPtr);
Answer read_list(AccountContext&, VisitPtr);
Answer export_list(AccountContext&, VisitPtr);
Answer import_list(AccountContext&, VisitPtr);
Answer grant_list(AccountContext&, VisitPtr);
Answer write_list(AccountContext&, VisitPtr);
Answer destroy_list(AccountContext&, VisitPtr);
// reviews.cpp
Answer reviews_page(AccountContext&, VisitPtr);
Answer review_page(AccountContext&, VisitPtr);
Answer approve_review(AccountContext&, VisitPtr);
Answer take_down_review(AccountContext&, VisitPtr);
Answer restore_review(AccountContext&, VisitPtr);
Answer uphold_review(AccountContext&, VisitPtr);
Answer follow_claim(AccountContext&, VisitPtr);
Answer turn_down_claim(AccountContext&, VisitPtr);
// parcel.cpp
Answer parcel_page(AccountContext&, VisitPtr);
Answer remove_parcel(AccountContext&, VisitPtr);
// parcel_acts.cpp
Answer correct_parcel(AccountContext&, VisitPtr);
Answer ask_carrier(AccountContext&, VisitPtr);
// Who was told of a parcel, and what its people may do about it.
std::vector<Card> parcel_cards(AccountContext& context, const Visit& visit, store::Tx& tx,
                               const shipments::Head& head);
// cases.cpp
Answer cases_page(AccountContext&, VisitPtr);
Answer case_page(AccountContext&, VisitPtr);
Answer perform_case(AccountContext&, VisitPtr);
Answer answer_case(AccountContext&, VisitPtr);
Answer prove_case(AccountContext&, VisitPtr);
Answer extend_case(AccountContext&, VisitPtr);
Answer refuse_case(AccountContext&, VisitPtr);
// appeal.cpp
Answer appeal_page(AccountContext&, VisitPtr);
Answer appeal(AccountContext&, VisitPtr);
// my_data.cpp
Answer my_data_page(AccountContext&, VisitPtr);
Answer open_my_data(AccountContext&, VisitPtr);
// provider.cpp
Answer begin_provider(AccountContext&, VisitPtr);
Answer provider_back(AccountContext&, VisitPtr);
Answer connect_provider(AccountContext&, VisitPtr);
Answer disconnect_provider(AccountContext&, VisitPtr);
// mailboxes.cpp
Answer mailboxes_page(AccountContext&, VisitPtr);
Answer link_mailbox(AccountContext&, VisitPtr);
Answer begin_mailbox(AccountContext&, VisitPtr);
Answer mailbox_back(AccountContext&, VisitPtr);
Answer read_mailbox(AccountContext&, VisitPtr);
Answer unlink_mailbox(AccountContext&, VisitPtr);
// Those of people who have gone.
base::Task<bool> unlink_left_behind(AccountContext& context);
// team.cpp
Answer team_page(AccountContext&, VisitPtr);
Answer invite(AccountContext&, VisitPtr);
Answer withdraw(AccountContext&, VisitPtr);
Answer set_role(AccountContext&, VisitPtr);
Answer remove_member(AccountContext&, VisitPtr);
Answer keys_page(AccountContext&, VisitPtr);
Answer create_key(AccountContext&, VisitPtr);
Answer revoke_key(AccountContext&, VisitPtr);
// home.cpp
Answer home_page(AccountContext&, VisitPtr);
Answer find_parcels(AccountContext&, VisitPtr);
Answer add_parcel(AccountContext&, VisitPtr);

// The sign-up form with an address in it already, for whoever comes from another service.
Answer sign_up_as(AccountContext&, VisitPtr, std::string email);
// The card of the security page about other services; nothing when there are none.
base::Task<std::optional<Card>> provider_card(AccountContext&, VisitPtr);

// A form that is one button: what it says, and the one thing it sends. `about` is for screen
// readers, where several look alike.
ScreenForm button(const Visit& visit, std::string action, std::string_view words_key,
                  std::string name, std::string value, std::string about, std::string tone);
// A labelled field in the visitor's language: "a.email" and so on.
Field field(const Visit& visit, std::string name, std::string_view label_key,
            std::string type = "text", std::string autocomplete = {});
// Of the languages that messages are written in: their own name for themselves, and all of them for
// a select.
std::string language_name(std::string_view code);
std::vector<std::pair<std::string, std::string>> language_options();
// A day and an hour as the person's zone has them.
std::string moment(const Visit& visit, base::Instant at);
inline personal::Access<personal::Purpose::KeepAccount> access_of(AccountContext& context,
                                                                  const Visit& visit,
                                                                  std::string_view operation) {
  return {context.shop.ledger,
          {personal::ActorKind::Member, visit.person()},
          visit.account(),
          operation};
}

}  // namespace pages::account

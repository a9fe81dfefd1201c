// Chats: Slack, Discord, Telegram and ntfy, each a Messenger. What is said is plain text; each
// escapes it so that nothing a carrier or a shop wrote becomes a mention, a command or a link.
//
// Slack, Discord and ntfy are told an address by whoever wants to be told, so http::Client judges
// where it leads; Telegram's server is the operator's word.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "channels/notice.h"
#include "http/client.h"

namespace channels::chat {

// Incoming webhooks of Slack, and of those who speak the same: Mattermost, Rocket.Chat.
class Slack final : public Messenger {
 public:
  struct Settings {
    bool may_be_private = false;  // a Mattermost in the own network
  };
  Slack(Settings settings, http::Client& client) : settings_(settings), client_(client) {}
  base::Task<Outcome> send(std::string address, Notice notice) override;

 private:
  const Settings settings_;
  http::Client& client_;
};

class Discord final : public Messenger {
 public:
  struct Settings {
    bool may_be_private = false;
  };
  Discord(Settings settings, http::Client& client) : settings_(settings), client_(client) {}
  base::Task<Outcome> send(std::string address, Notice notice) override;

 private:
  const Settings settings_;
  http::Client& client_;
};

// A bot of the operator's, whom people write first.
class Telegram final : public Messenger {
 public:
  struct Settings {
    std::string token;  // "123456:ABC-DEF..."; empty: everything is NotSetUp
    std::string base_url = "https://api.telegram.org";
    bool may_be_private = false;
  };
  Telegram(Settings settings, http::Client& client)
      : settings_(std::move(settings)), client_(client) {}
  base::Task<Outcome> send(std::string address, Notice notice) override;

 private:
  const Settings settings_;
  http::Client& client_;
};

class Ntfy final : public Messenger {
 public:
  struct Settings {
    // Server to access token: {"https://ntfy.example.com", "tk_..."}; others are told without one.
    std::vector<std::pair<std::string, std::string>> tokens;
    bool may_be_private = false;  // a server in the own network
  };
  Ntfy(Settings settings, http::Client& client) : settings_(std::move(settings)), client_(client) {}
  base::Task<Outcome> send(std::string address, Notice notice) override;

 private:
  const Settings settings_;
  http::Client& client_;
};

// ---- Escapes

// Slack: & < > as entities; nothing else has a meaning once markup is off.
std::string slack_text(std::string_view text);
// Discord: a backslash before what Markdown and mentions are made of; links stay links.
std::string discord_text(std::string_view text);
// Length as Telegram counts it.
std::size_t utf16_length(std::string_view text);

}  // namespace channels::chat

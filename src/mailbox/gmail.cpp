#include "mailbox/gmail.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "base/text.h"
#include "channels/email/encoding.h"
#include "crypto/base64.h"
#include "personal/secret.h"

namespace mailbox {
namespace {

using simdjson::SUCCESS;
using Object = simdjson::dom::object;

constexpr std::size_t kMostOfList = 4 << 20;
// A message in base64, in JSON.
constexpr std::size_t kMostOfMessage = 2 * kMostBytes;

// An id is what Gmail gave: it goes into a path, so it is letters and digits or nothing.
bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 100 && std::ranges::all_of(text, [](char c) {
    return base::is_letter(c) || base::is_digit(c) || c == '-' || c == '_';
  });
}

std::string text_of(Object object, std::string_view key) {
  std::string_view text;
  if (object[key].get(text) == SUCCESS) return std::string(text);
  std::int64_t number = 0;
  return object[key].get(number) == SUCCESS ? std::to_string(number) : std::string();
}

// What Gmail's own labels say is no news from a shop.
bool is_set_aside(Object message) {
  simdjson::dom::array labels;
  if (message["labelIds"].get(labels) != SUCCESS) return false;
  for (const auto label : labels) {
    std::string_view name;
    if (label.get(name) == SUCCESS &&
        (name == "SPAM" || name == "TRASH" || name == "DRAFT" || name == "SENT"))
      return true;
  }
  return false;
}

Fault fault_of_status(int status) {
  if (status == 401 || status == 403) return status == 401 ? Fault::Denied : Fault::Busy;
  return status == 429 || status >= 500 ? Fault::Busy : Fault::Broken;
}

// The answers of one reading; the parser's memory is the only place where they stand.
class Api {
 public:
  Api(const Provider& provider, http::Client& client, std::string access)
      : provider_(provider), client_(client), access_(std::move(access)) {}
  ~Api() {
    personal::wipe(access_);
    personal::wipe(body_);
  }
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  // The object lives until the next call.
  base::Result<Object, Fault> get(std::string_view path, std::size_t most) {
    http::Call call;
    call.url = fmt::format("{}/gmail/v1/users/me/{}", provider_.reads, path);
    call.headers = {{"Authorization", "Bearer " + access_}, {"Accept", "application/json"}};
    call.most_bytes = most;
    call.may_be_private = provider_.may_be_private;
    auto reply = base::sync_wait(client_.call(std::move(call)));
    personal::wipe(body_);
    if (!reply) return base::Failure{mailbox::fault_of(reply.error())};
    body_ = std::move(reply->body);
    status_ = reply->status;
    if (status_ != 200) return base::Failure{fault_of_status(status_)};
    Object object;
    if (parser_.parse(body_).get(object) != SUCCESS) return base::Failure{Fault::Broken};
    return object;
  }
  int status() const { return status_; }

 private:
  const Provider& provider_;
  http::Client& client_;
  std::string access_;
  std::string body_;
  int status_ = 0;
  simdjson::dom::parser parser_;
};

// "history/77", "list/77/PAGE".
struct Place {
  bool is_walking = true;
  std::string history, page;

  static Place parse(std::string_view text) {
    Place place;
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return place;
    place.is_walking = text.substr(0, slash) != "history";
    auto rest = text.substr(slash + 1);
    const auto second = rest.find('/');
    place.history = rest.substr(0, second);
    if (second != std::string_view::npos) place.page = rest.substr(second + 1);
    return place;
  }
  std::string text() const {
    return is_walking ? fmt::format("list/{}/{}", history, page)
                      : fmt::format("history/{}", history);
  }
};

class Reading {
 public:
  Reading(Api& api, const Reader& reader, int most, const std::atomic<bool>* stop)
      : api_(api), reader_(reader), most_(most), stop_(stop) {}

  base::Result<Pass, Fault> run(std::string_view position, base::Instant since) {
    place_ = Place::parse(position);
    auto fault = Fault::None;
    if (place_.history.empty()) fault = begin();
    // The history's pages are not kept beyond this: what is begun of it is read to its end.
    while (fault == Fault::None && !is_done_ && (pass_.heads < most_ || !page_.empty())) {
      if (stop_ != nullptr && *stop_) return base::Failure{Fault::Stopped};
      fault = place_.is_walking ? walk(since) : follow();
    }
    if (fault != Fault::None) return base::Failure{fault};
    pass_.is_finished = is_done_;
    pass_.position = place_.text();
    return std::move(pass_);
  }

 private:
  // Where history stands now, before the walk: what comes meanwhile is not missed.
  Fault begin() {
    const auto profile = api_.get("profile", kMostOfList);
    if (!profile) return profile.error();
    place_ = Place();
    place_.history = text_of(*profile, "historyId");
    return is_id(place_.history) ? Fault::None : Fault::Broken;
  }

  Fault walk(base::Instant since) {
    const auto seconds = base::to_micros(since) / 1'000'000;
    auto path = fmt::format("messages?maxResults=100&q=after%3A{}", seconds);
    if (!place_.page.empty()) path += "&pageToken=" + percent_encoded(place_.page);
    const auto answer = api_.get(path, kMostOfList);
    if (!answer) return answer.error();
    std::vector<std::string> ids;
    simdjson::dom::array messages;
    if ((*answer)["messages"].get(messages) == SUCCESS) {
      for (const auto message : messages) add_id(message, ids);
    }
    place_.page = text_of(*answer, "nextPageToken");
    if (place_.page.empty()) place_.is_walking = false;
    return read_all(ids);
  }

  Fault follow() {
    auto path = fmt::format("history?startHistoryId={}&historyTypes=messageAdded&maxResults=100",
                            place_.history);
    if (!page_.empty()) path += "&pageToken=" + percent_encoded(page_);
    const auto answer = api_.get(path, kMostOfList);
    if (!answer && api_.status() == 404) return begin();
    if (!answer) return answer.error();
    std::vector<std::string> ids;
    simdjson::dom::array steps;
    if ((*answer)["history"].get(steps) == SUCCESS) {
      for (const auto step : steps) add_added(step, ids);
    }
    page_ = text_of(*answer, "nextPageToken");
    const auto newest = text_of(*answer, "historyId");
    if (page_.empty()) is_done_ = true;
    const auto fault = read_all(ids);
    if (fault == Fault::None && page_.empty() && is_id(newest)) place_.history = newest;
    return fault;
  }

  static void add_id(simdjson::dom::element message, std::vector<std::string>& ids) {
    Object object;
    if (message.get(object) != SUCCESS || is_set_aside(object)) return;
    auto id = text_of(object, "id");
    if (is_id(id) && std::ranges::find(ids, id) == ids.end()) ids.push_back(std::move(id));
  }
  static void add_added(simdjson::dom::element step, std::vector<std::string>& ids) {
    simdjson::dom::array added;
    if (step["messagesAdded"].get(added) != SUCCESS) return;
    for (const auto one : added) {
      simdjson::dom::element message;
      if (one["message"].get(message) == SUCCESS) add_id(message, ids);
    }
  }

  Fault read_all(const std::vector<std::string>& ids) {
    for (const auto& id : ids) {
      if (stop_ != nullptr && *stop_) return Fault::Stopped;
      const auto fault = read_one(id);
      if (fault != Fault::None) return fault;
    }
    return Fault::None;
  }

  Fault read_one(const std::string& id) {
    const auto answer = api_.get(
        fmt::format("messages/{}?format=metadata&metadataHeaders=From&metadataHeaders=Subject&"
                    "metadataHeaders=Date&metadataHeaders=Authentication-Results",
                    id),
        kMostOfList);
    if (!answer && api_.status() == 404) return Fault::None;  // deleted meanwhile
    if (!answer) return answer.error();
    ++pass_.heads;
    auto head = head_of(*answer);
    const bool is_wanted = reader_.wants(head);
    wipe(head);
    return is_wanted ? open(id) : Fault::None;
  }

  static Head head_of(Object answer) {
    Head head;
    std::int64_t bytes = 0;
    if (answer["sizeEstimate"].get(bytes) == SUCCESS && bytes > 0)
      head.bytes = static_cast<std::size_t>(bytes);
    simdjson::dom::array headers;
    if (answer.at_pointer("/payload/headers").get(headers) != SUCCESS) return head;
    for (const auto one : headers) {
      Object header;
      if (one.get(header) != SUCCESS) continue;
      const auto name = text_of(header, "name");
      const auto take = [&](std::string_view wanted, std::string& into) {
        if (into.empty() && base::equals_ignoring_case(name, wanted))
          into = channels::email::decode_words(text_of(header, "value"));
      };
      take("From", head.from);
      take("Subject", head.subject);
      take("Date", head.date);
      take("Authentication-Results", head.verified);
    }
    return head;
  }

  Fault open(const std::string& id) {
    const auto answer = api_.get(fmt::format("messages/{}?format=raw", id), kMostOfMessage);
    if (!answer && api_.status() == 404) return Fault::None;
    if (!answer) return answer.error();
    auto raw = text_of(*answer, "raw");
    auto message = crypto::from_any_base64(raw);
    personal::wipe(raw);
    if (!message) return Fault::None;  // one message that nobody can read stops no mailbox
    ++pass_.opened;
    reader_.take(*message);
    personal::wipe(*message);
    return Fault::None;
  }

  Api& api_;
  const Reader& reader_;
  const std::int64_t most_;
  const std::atomic<bool>* stop_;
  Place place_;
  std::string page_;  // of the history: within one pass
  Pass pass_;
  bool is_done_ = false;
};

class Gmail final : public Connector {
 public:
  Gmail(Provider provider, const OAuth& oauth, http::Client& client, int most)
      : provider_(std::move(provider)), oauth_(oauth), client_(client), most_(most) {}

  std::string_view kind() const override { return "gmail"; }
  std::string_view title() const override { return provider_.title; }
  std::vector<Scope> scopes() const override { return provider_.scopes; }

  Fault probe(Keys& keys, const std::atomic<bool>*) override {
    auto tokens = oauth_.renew(provider_, keys.secret);
    if (!tokens) return tokens.error();
    if (!tokens->refresh.empty()) keys.secret = tokens->refresh;
    Api api(provider_, client_, tokens->access);
    const auto profile = api.get("profile", kMostOfList);
    if (!profile) return profile.error();
    if (keys.address.empty()) keys.address = text_of(*profile, "emailAddress");
    return Fault::None;
  }

  base::Result<Pass, Fault> read(const Keys& keys, std::string_view position, base::Instant since,
                                 const Reader& reader, const std::atomic<bool>* stop) override {
    auto tokens = oauth_.renew(provider_, keys.secret);
    if (!tokens) return base::Failure{tokens.error()};
    Api api(provider_, client_, tokens->access);
    auto pass = Reading(api, reader, most_, stop).run(position, since);
    if (pass) pass->secret = std::move(tokens->refresh);
    return pass;
  }

  Fault revoke(const Keys& keys) override { return oauth_.revoke(provider_, keys.secret); }

 private:
  const Provider provider_;
  const OAuth& oauth_;
  http::Client& client_;
  const int most_;
};

}  // namespace

std::unique_ptr<Connector> gmail(Provider provider, const OAuth& oauth, http::Client& client,
                                 int most_heads) {
  return std::make_unique<Gmail>(std::move(provider), oauth, client, most_heads);
}

}  // namespace mailbox

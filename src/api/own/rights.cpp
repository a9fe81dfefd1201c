#include "api/own/rights.h"

#include <simdjson.h>

#include "base/json_writer.h"
#include "base/time.h"
#include "consent/person.h"
#include "consent/records.h"
#include "personal/purposes.gen.h"

namespace api::own {
namespace {

using accounts::Caller, accounts::Scope;
using Answer = base::Task<http::Response>;
using rights::Case, rights::ActError, rights::DeskError;

constexpr int kPerSecond = 20;
constexpr std::uint8_t kBucket = 66;  // apart from the other interfaces'

http::Response error(int status, std::string_view message) {
  base::JsonWriter json;
  json.begin_object().key("error").begin_object();
  json.key("status").value(status).key("message").value(message);
  json.end_object().end_object();
  return http::json(status, std::move(json).text());
}

http::Response refusal(ActError why) {
  const int status = why == ActError::NoSuchCase ? 404 : why == ActError::BadValue ? 422 : 409;
  return error(status, describe(why));
}
http::Response refusal(DeskError why) {
  const int status = why == DeskError::NoSuchCase ? 404 : why == DeskError::NoReason ? 422 : 409;
  return error(status, describe(why));
}

std::string_view key_of(const http::Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const auto bearer = request.header("Authorization");
  if (bearer.starts_with(kBearer)) return bearer.substr(kBearer.size());
  return request.header("Tracking-Api-Key");
}

// A body's texts; every other kind of value is as if it were not there.
class Fields {
 public:
  explicit Fields(std::string_view body) {
    is_object_ =
        parser_.parse(body.data(), body.size()).get_object().get(object_) == simdjson::SUCCESS;
  }
  bool is_object() const { return is_object_; }
  std::string text(std::string_view key) const {
    std::string_view view;
    if (is_object_ && object_.at_key(key).get_string().get(view) == simdjson::SUCCESS)
      return std::string(view);
    return {};
  }

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::object object_;
  bool is_object_ = false;
};

std::string query(const http::Request& request, std::string_view key) {
  for (const auto& [name, value] : http::parse_query(request.query(), http::Plus::IsSpace)) {
    if (name == key) return value;
  }
  return {};
}

using Call = Answer (*)(RightsDoor&, Caller, http::Request);

Answer guard(RightsDoor& door, Call call, http::Request request) {
  const auto caller = co_await door.accounts.authenticate(key_of(request));
  if (!caller) {
    const bool is_suspended = caller.error() == accounts::Refusal::Suspended;
    co_return error(is_suspended ? 403 : 401, is_suspended
                                                  ? "The account is suspended."
                                                  : "An API key of the account is needed.");
  }
  if (!accounts::contains(caller->scopes, Scope::Privacy))
    co_return error(403, "The key needs the scope privacy.");
  const auto verdict = door.limiter.take(caller->account_id, kBucket, kPerSecond);
  if (!verdict.is_allowed) {
    auto response = error(429, "Too many requests.");
    response.headers.emplace_back("Retry-After", std::to_string(verdict.retry_after.count()));
    co_return response;
  }
  co_return co_await call(door, *caller, std::move(request));
}

// ---- Cases as JSON

void write_case(base::JsonWriter& json, const Case& one, base::Instant now) {
  json.key("id").value(one.id.hex());
  json.key("number").value(one.number());
  json.key("kind").value(name(one.kind));
  json.key("article").value(article(one.kind));
  json.key("state").value(name(one.state));
  json.key("outcome").value_or_null(one.outcome ? name(*one.outcome) : "");
  json.key("door").value(name(one.door));
  json.key("language").value(one.language);
  json.key("received_at").value(base::to_iso_micros(one.received_at));
  json.key("due").value(rights::to_text(one.due));
  json.key("days_left").value(one.days_left(now));
  json.key("shipment").value_or_null(one.shipment ? one.shipment->hex() : std::string());
  json.key("awaits_proof").value(one.awaits_proof);
}

std::string details_of(RightsDoor& door, const Caller& caller, const Case& one,
                       const std::vector<rights::CaseStep>& steps) {
  personal::Access<personal::Purpose::Rights> access(door.ledger, caller.actor(), one.account_id,
                                                     "own.rights.case");
  access.about(one.subject);
  base::JsonWriter json;
  json.begin_object();
  write_case(json, one, door.clock.now());
  json.key("address").value_or_null(open(one.address, access));
  json.key("words").value_or_null(open(one.words, access));
  json.key("answer").value_or_null(open(one.answer, access));
  json.key("steps").begin_array();
  for (const auto& step : steps) {
    json.begin_object().key("at").value(base::to_iso_micros(step.at));
    json.key("what").value(name(step.what)).end_object();
  }
  json.end_array().end_object();
  return std::move(json).text();
}

Answer list(RightsDoor& door, Caller caller, http::Request request) {
  rights::Desk::Filter filter;
  filter.account_id = caller.account_id;
  filter.only_open = query(request, "all") != "1";
  auto work = [&](store::Tx& tx) { return door.desk.list(tx, filter); };
  const auto all = co_await door.database.read(work);
  base::JsonWriter json;
  json.begin_object().key("cases").begin_array();
  for (const auto& one : all) {
    json.begin_object();
    write_case(json, one, door.clock.now());
    json.end_object();
  }
  json.end_array().end_object();
  co_return http::json(200, std::move(json).text());
}

// Proven ones only: of the others the shop knows nothing.
Answer show(RightsDoor& door, Caller caller, base::Id id, int status) {
  struct Found {
    std::optional<Case> one;
    std::vector<rights::CaseStep> steps;
  };
  auto work = [&](store::Tx& tx) {
    return Found{door.desk.find(tx, caller.account_id, id),
                 door.desk.steps(tx, caller.account_id, id)};
  };
  const auto found = co_await door.database.read(work);
  if (!found.one || !found.one->is_proven) co_return refusal(ActError::NoSuchCase);
  co_return http::json(status, details_of(door, caller, *found.one, found.steps));
}

base::Id id_of(const http::Request& request) {
  return base::Id::parse(request.parameter("id")).value_or(base::Id());
}

Answer get(RightsDoor& door, Caller caller, http::Request request) {
  return show(door, caller, id_of(request), 200);
}

Answer add(RightsDoor& door, Caller caller, http::Request request) {
  const Fields fields(request.body());
  const auto kind = rights::parse_kind(fields.text("kind"));
  if (!kind)
    co_return error(422,
                    "kind: access, rectification, erasure, restriction, portability, objection, "
                    "withdrawal, complaint, human-review or safeguards");
  const auto address = fields.text("address");
  if (!rights::looks_like_email(address)) co_return error(422, "address: an e-mail address");
  rights::Request asked;
  asked.account_id = caller.account_id;
  asked.kind = *kind;
  asked.door = rights::Door::Api;
  if (const auto language = fields.text("language"); !language.empty())
    asked.language = rights::one_line(language, 12);
  asked.country = rights::one_line(fields.text("country"), 2);
  asked.address = rights::CaseAddress(address, personal::Label());
  asked.words = rights::CaseWords(rights::one_line(fields.text("words"), 4000), personal::Label());
  if (const auto came = fields.text("received_at"); !came.empty()) {
    const auto at = base::parse_iso(came);
    if (!at || *at > door.clock.now()) co_return error(422, "received_at: a time of the past");
    asked.received_at = *at;
  }
  auto work = [&](store::Tx& tx) { return door.desk.open(tx, asked).id; };
  const auto id = co_await door.database.write(work);
  co_return co_await show(door, caller, id, 201);
}

Answer perform(RightsDoor& door, Caller caller, http::Request request) {
  const Fields fields(request.body());
  const auto id = id_of(request);
  rights::Acts::Details details{base::Id::parse(fields.text("shipment")), fields.text("field"),
                                fields.text("value")};
  auto work = [&] {
    const auto done = door.acts.perform(caller.account_id, id, caller.actor(), details);
    if (done && door.refresh) door.refresh();
    return done;
  };
  const auto done = co_await door.aside.run(work);
  if (!done) co_return refusal(done.error());
  co_return co_await show(door, caller, id, 200);
}

Answer ask_proof(RightsDoor& door, Caller caller, http::Request request) {
  const auto id = id_of(request);
  auto work = [&] { return door.acts.ask_proof(caller.account_id, id, caller.actor()); };
  const auto done = co_await door.aside.run(work);
  if (!done) co_return refusal(done.error());
  co_return co_await show(door, caller, id, 200);
}

enum class Say : std::uint8_t { Complete, Refuse, Extend };

Answer say(RightsDoor& door, Caller caller, http::Request request, Say what) {
  const Fields fields(request.body());
  const auto id = id_of(request);
  const auto words = fields.text(what == Say::Complete ? "answer" : "reason");
  auto work = [&](store::Tx& tx) -> base::Outcome<DeskError> {
    const auto one = door.desk.find(tx, caller.account_id, id);
    if (!one || !one->is_proven) return base::Failure{DeskError::NoSuchCase};
    if (words.empty()) return base::Failure{DeskError::NoReason};
    switch (what) {
      case Say::Complete:
        return door.desk.complete(tx, *one, words, caller.actor());
      case Say::Refuse:
        return door.desk.refuse(tx, *one, words, caller.actor());
      case Say::Extend:
        break;
    }
    return door.desk.extend(tx, *one, words, caller.actor());
  };
  const auto done = co_await door.database.write(work);
  if (!done) co_return refusal(done.error());
  co_return co_await show(door, caller, id, 200);
}

Answer complete(RightsDoor& door, Caller caller, http::Request request) {
  return say(door, caller, std::move(request), Say::Complete);
}
Answer refuse(RightsDoor& door, Caller caller, http::Request request) {
  return say(door, caller, std::move(request), Say::Refuse);
}
Answer extend(RightsDoor& door, Caller caller, http::Request request) {
  return say(door, caller, std::move(request), Say::Extend);
}

Answer link(RightsDoor& door, Caller, http::Request request) {
  const Fields fields(request.body());
  const auto address = fields.text("address");
  if (!rights::looks_like_email(address)) co_return error(422, "address: an e-mail address");
  auto language = rights::one_line(fields.text("language"), 12);
  if (language.empty()) language = "en";
  auto work = [&](store::Tx& tx) {
    door.visits.ask(tx, address, language);
    return 0;
  };
  co_await door.database.write(work);
  co_return http::json(202, R"({"done":true})");
}

Answer lawful(RightsDoor& door, Caller caller, http::Request request) {
  const auto address = query(request, "address"), purpose = query(request, "purpose");
  const auto at = base::parse_iso(query(request, "at"));
  const auto known = query(request, "known");
  const auto as_known = known.empty() ? std::optional(door.clock.now()) : base::parse_iso(known);
  if (!at || !as_known) co_return error(422, "at, and known when it is given: a time, RFC 3339");
  if (purpose.empty()) co_return error(422, "purpose: its id");
  // What is not in the record of processing is optional, and rests on consent.
  auto basis = consent::Basis::Consent;
  for (const auto one : personal::kPurposes) {
    if (personal::name(one) == purpose && personal::basis(one) != "consent")
      basis = consent::Basis::Other;
  }
  const auto who = consent::People(door.vault).by_email(caller.account_id, address);
  if (!who) co_return error(422, "address: an e-mail address");
  struct Said {
    bool is_lawful;
    consent::Standing standing;
  };
  auto work = [&](store::Tx& tx) {
    return Said{consent::was_lawful_at(tx, caller.account_id, *who, purpose, basis, *at, *as_known),
                consent::standing_of(tx, caller.account_id, *who, purpose, *at, *as_known)};
  };
  const auto said = co_await door.database.read(work);
  constexpr std::string_view kStandings[] = {"unsaid", "given", "withdrawn", "objected"};
  base::JsonWriter json;
  json.begin_object().key("purpose").value(purpose);
  json.key("at").value(base::to_iso_micros(*at)).key("known").value(base::to_iso_micros(*as_known));
  json.key("rests_on_consent").value(basis == consent::Basis::Consent);
  json.key("standing").value(kStandings[static_cast<std::size_t>(said.standing)]);
  json.key("lawful").value(said.is_lawful).end_object();
  co_return http::json(200, std::move(json).text());
}

Answer invite(RightsDoor& door, Caller caller, http::Request) {
  auto work = [&](store::Tx& tx) { return door.transfers.invite(tx, caller.account_id); };
  const auto invitation = co_await door.database.write(work);
  base::JsonWriter json;
  json.begin_object().key("invitation").value(invitation);
  json.key("until").value(base::to_iso_micros(door.clock.now() + rights::Transfers::kGood));
  json.end_object();
  co_return http::json(201, std::move(json).text());
}

}  // namespace

void add_rights_door(http::Router& router, RightsDoor& door) {
  const auto add_route = [&](std::string_view method, std::string_view pattern, Call call) {
    router.add(method, pattern, [&door, call](http::Request request) {
      return guard(door, call, std::move(request));
    });
  };
  add_route("GET", "/own/rights/cases", list);
  add_route("POST", "/own/rights/cases", add);
  add_route("GET", "/own/rights/cases/{id}", get);
  add_route("POST", "/own/rights/cases/{id}/perform", perform);
  add_route("POST", "/own/rights/cases/{id}/proof", ask_proof);
  add_route("POST", "/own/rights/cases/{id}/complete", complete);
  add_route("POST", "/own/rights/cases/{id}/refuse", refuse);
  add_route("POST", "/own/rights/cases/{id}/extend", extend);
  add_route("POST", "/own/rights/links", link);
  add_route("GET", "/own/rights/lawful", lawful);
  add_route("POST", "/own/rights/transfers", invite);
  router.errors_below("/own/rights", [](int status, const http::Request*) {
    return error(status, "there is no such call; docs/rights.md lists them");
  });
}

}  // namespace api::own

#include "http/router.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/json_writer.h"
#include "http/answer.h"
#include "http/parts.h"

namespace http {
namespace {

constexpr std::size_t kMostParameters = 8;

// Takes the first segment off a path; both without slashes around them.
std::string_view take_segment(std::string_view& path) {
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  return segment;
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

// "/v4" covers "/v4" and "/v4/x", not "/v40"; "/" covers everything, also "*".
bool covers(std::string_view prefix, std::string_view path) {
  if (prefix == "/") return true;
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

Response plain_page(int status, const Request*) {
  base::JsonWriter out(96);
  out.begin_object().key("error").begin_object();
  out.key("status").value(status).key("message").value(reason(status));
  out.end_object().end_object();
  return json(status, std::move(out).text());
}

}  // namespace

struct Router::State {
  struct Endpoint {
    Handler handler;
    std::vector<std::string_view> parameters;
    std::size_t route;
  };
  // One segment of the patterns. Depth is bounded by the longest pattern, so a path of any length
  // costs no more than that.
  struct Node {
    std::vector<std::pair<std::string_view, std::unique_ptr<Node>>> literals;
    std::unique_ptr<Node> parameter;
    std::vector<std::pair<std::string_view, Endpoint>> methods;

    Node& child(std::string_view segment) {
      if (is_parameter(segment)) {
        if (!parameter) parameter = std::make_unique<Node>();
        return *parameter;
      }
      for (auto& [literal, node] : literals)
        if (literal == segment) return *node;
      return *literals.emplace_back(segment, std::make_unique<Node>()).second;
    }
    const Endpoint* endpoint(std::string_view method) const {
      for (const auto& [known, found] : methods)
        if (known == method) return &found;
      return nullptr;
    }
  };
  struct Captured {
    std::array<std::string_view, kMostParameters> values;
    std::size_t count = 0;
  };

  Node root;
  std::vector<Route> routes;
  std::vector<std::pair<std::string, ErrorPage>> pages;  // longest prefix first
  ErrorPage plain = plain_page;

  static const Node* find(const Node& node, std::string_view path, Captured& captured);
};

// Literal first; where that leads nowhere, the parameter.
const Router::State::Node* Router::State::find(const Node& node, std::string_view path,
                                               Captured& captured) {
  const auto segment = take_segment(path);
  if (segment.empty()) return node.methods.empty() ? nullptr : &node;
  for (const auto& [literal, next] : node.literals)
    if (literal == segment) {
      if (const Node* found = find(*next, path, captured)) return found;
      break;
    }
  if (!node.parameter) return nullptr;
  const auto mark = captured.count;
  captured.values[captured.count++] = segment;
  if (const Node* found = find(*node.parameter, path, captured)) return found;
  captured.count = mark;
  return nullptr;
}

namespace {

std::string allowed_methods(const auto& methods) {
  std::string allow;
  bool has_get = false, has_head = false;
  for (const auto& [method, endpoint] : methods) {
    allow += method;
    allow += ", ";
    has_get |= method == "GET";
    has_head |= method == "HEAD";
  }
  if (has_get && !has_head) allow += "HEAD, ";
  allow.erase(allow.size() - 2);
  return allow;
}

}  // namespace

Router::Router() : state_(std::make_unique<State>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  State::Node* node = &state_->root;
  State::Endpoint endpoint{std::move(handler), {}, state_->routes.size()};
  for (auto rest = pattern;;) {
    const auto segment = take_segment(rest);
    if (segment.empty()) break;
    if (is_parameter(segment)) endpoint.parameters.push_back(segment.substr(1, segment.size() - 2));
    node = &node->child(segment);
  }
  if (endpoint.parameters.size() > kMostParameters)
    throw std::logic_error("too many parameters in route " + std::string(pattern));
  if (node->endpoint(method) != nullptr)
    throw std::logic_error("route added twice: " + std::string(method) + " " +
                           std::string(pattern));
  node->methods.emplace_back(method, std::move(endpoint));
  state_->routes.push_back({method, pattern});
}

void Router::errors_below(std::string_view prefix, ErrorPage page) {
  auto& pages = state_->pages;
  const auto place = std::find_if(pages.begin(), pages.end(), [&](const auto& entry) {
    return entry.first.size() < prefix.size();
  });
  pages.emplace(place, prefix, std::move(page));
}

Router::Match Router::match(Request& request) const {
  State::Captured captured;
  const State::Node* node = State::find(state_->root, request.path(), captured);
  if (node == nullptr) return {nullptr, 404, "(none)", kNoRoute, {}};

  const State::Endpoint* endpoint = node->endpoint(request.method());
  if (endpoint == nullptr && request.method() == "HEAD") endpoint = node->endpoint("GET");
  if (endpoint == nullptr) {
    const auto any = node->methods.front().second.route;
    return {nullptr, 405, state_->routes[any].pattern, kNoRoute, allowed_methods(node->methods)};
  }

  auto& parameters = request.parts().parameters;
  parameters.clear();
  for (std::size_t i = 0; i < captured.count; ++i) {
    const auto raw = captured.values[i];
    const bool is_escaped = raw.find('%') != std::string_view::npos;
    parameters.push_back({endpoint->parameters[i], raw,
                          is_escaped ? percent_decode(raw, Plus::IsPlus) : std::string()});
  }
  return {&endpoint->handler, 200, state_->routes[endpoint->route].pattern, endpoint->route, {}};
}

const ErrorPage& Router::error_page(std::string_view path) const {
  for (const auto& [prefix, page] : state_->pages)
    if (covers(prefix, path)) return page;
  return state_->plain;
}

const std::vector<Router::Route>& Router::routes() const { return state_->routes; }

}  // namespace http

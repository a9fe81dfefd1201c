#include "carriers/simulator/token_answer.h"

#include <boost/json.hpp>
#include <pugixml.hpp>
#include <sstream>
#include <vector>

namespace carriers::simulator {
namespace {

constexpr std::string_view kToken = "simulated-token";
constexpr int kSeconds = 3600;

// "https://host/a/b?x" or "{base}/a/b": "/a/b".
std::string path_of(const Template& url) {
  std::string text;
  for (const auto& piece : url.pieces) {
    if (!piece.is_name) text += piece.text;
  }
  if (const auto scheme = text.find("://"); scheme != std::string::npos) {
    const auto slash = text.find('/', scheme + 3);
    text = slash == std::string::npos ? "/" : text.substr(slash);
  }
  return text.substr(0, text.find('?'));
}

std::vector<std::string> steps_of(const Value& value) {
  const Value* at = &value;
  while (at->kind == Value::Kind::First && !at->parts.empty()) at = &at->parts.front();
  std::vector<std::string> steps;
  std::string step;
  for (const char c : std::string(at->path.source()) + ".") {
    if (c != '.') {
      step += c;
    } else if (!step.empty()) {
      if (step != "**" && step != "^" && step != "*") steps.push_back(step);
      step.clear();
    }
  }
  return steps;
}

void put(boost::json::object& root, const std::vector<std::string>& steps,
         const boost::json::value& value) {
  auto* at = &root;
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    auto& inner = (*at)[steps[i]];
    if (!inner.is_object()) inner = boost::json::object();
    at = &inner.get_object();
  }
  if (!steps.empty()) (*at)[steps.back()] = value;
}

void put(pugi::xml_node root, const std::vector<std::string>& steps, const std::string& value) {
  for (const auto& step : steps) {
    auto child = root.child(step.c_str());
    root = child ? child : root.append_child(step.c_str());
  }
  root.text().set(value.c_str());
}

}  // namespace

bool is_token_path(const TokenAccess& access, std::string_view path) {
  return path == path_of(access.url);
}

std::string token_answer(const TokenAccess& access) {
  const auto token = steps_of(access.token);
  const auto seconds = access.seconds ? steps_of(access.seconds) : std::vector<std::string>();
  if (access.format == Format::Json) {
    boost::json::object root;
    put(root, token, boost::json::value(kToken));
    put(root, seconds, boost::json::value(kSeconds));
    return boost::json::serialize(root);
  }
  pugi::xml_document document;
  put(document, token, std::string(kToken));
  if (!seconds.empty()) put(document, seconds, std::to_string(kSeconds));
  std::ostringstream out;
  document.save(out, "", pugi::format_raw);
  return out.str();
}

}  // namespace carriers::simulator

#include "insight/counts.h"

#include <simdjson.h>

#include "base/json_writer.h"

namespace insight {

const Group* Counts::find(std::string_view name) const {
  for (const auto& group : groups)
    if (group.name == name) return &group;
  return nullptr;
}

std::string to_json(const Counts& counts) {
  base::JsonWriter json;
  json.begin_array();
  for (const auto& group : counts.groups) {
    json.begin_object().key("name").value(group.name).key("size").value(group.size);
    json.key("axes").begin_array();
    for (const auto& axis : group.axes) {
      json.begin_array();
      for (const auto count : axis) json.value(count);
      json.end_array();
    }
    json.end_array().end_object();
  }
  json.end_array();
  return std::move(json).text();
}

std::optional<Counts> counts_from_json(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::array groups;
  if (parser.parse(json.data(), json.size()).get(groups)) return std::nullopt;
  Counts counts;
  for (const auto one : groups) {
    Group group;
    std::string_view name;
    simdjson::dom::array axes;
    if (one["name"].get(name) || one["size"].get(group.size) || one["axes"].get(axes))
      return std::nullopt;
    group.name = name;
    for (const auto axis : axes) {
      simdjson::dom::array buckets;
      if (axis.get(buckets)) return std::nullopt;
      auto& read = group.axes.emplace_back();
      for (const auto bucket : buckets)
        if (bucket.get(read.emplace_back())) return std::nullopt;
    }
    counts.groups.push_back(std::move(group));
  }
  return counts;
}

}  // namespace insight

#include "journey/standards.h"

#include "base/text.h"

namespace embedded {
std::string_view standard_x12_1650();
std::string_view standard_edifact_rec24();
std::string_view standard_upu_emsevt();
std::string_view standard_gs1_cbv();
std::string_view standard_dcsa_tnt();
std::string_view standard_iata_fsu();
}  // namespace embedded

namespace journey {
namespace {

struct Alias {
  std::string_view name, table;
};
constexpr Alias kAliases[] = {
    {"x12-214", "x12-1650"},
    {"edi-x12-214", "x12-1650"},
    {"edifact-iftsta", "edifact-rec24"},
    {"gs1-epcis", "gs1-cbv"},
    {"iata-cargo-imp-fsu", "iata-fsu"},
    {"iata-one-record", "iata-fsu"},
};

}  // namespace

Standards::Standards() {
  const std::pair<std::string_view, std::string_view> files[] = {
      {"x12-1650", embedded::standard_x12_1650()},
      {"edifact-rec24", embedded::standard_edifact_rec24()},
      {"upu-emsevt", embedded::standard_upu_emsevt()},
      {"gs1-cbv", embedded::standard_gs1_cbv()},
      {"dcsa-tnt", embedded::standard_dcsa_tnt()},
      {"iata-fsu", embedded::standard_iata_fsu()},
  };
  for (const auto& [name, tsv] : files) {
    auto table = CodeTable::parse(tsv);
    if (!table)
      throw std::logic_error(fmt::format("data/standards/{}.tsv:{}: {}", name, table.error().line,
                                         table.error().says));
    tables_.emplace_back(name, std::move(table).value());
  }
}

const CodeTable* Standards::find(std::string_view name) const {
  for (const auto& alias : kAliases) {
    if (base::equals_ignoring_case(alias.name, name)) name = alias.table;
  }
  for (const auto& [known, table] : tables_) {
    if (base::equals_ignoring_case(known, name)) return &table;
  }
  return nullptr;
}

std::string_view bare_code(std::string_view code, std::string& room) {
  code = base::trim(code);
  const bool is_urn = code.starts_with("urn:");
  if (!is_urn && code.find("://") == code.npos) return code;
  const auto last = code.find_last_of(is_urn ? ":" : "#/");
  if (last == code.npos || last + 1 >= code.size()) return code;
  auto tail = code.substr(last + 1);
  // GS1 writes the kind before a hyphen in IRIs (Disp-damaged), and as a part of its own in URNs.
  const bool is_disposition =
      tail.starts_with("Disp-") || (is_urn && code.substr(0, last).ends_with(":disp"));
  for (const std::string_view kind : {"Disp-", "BizStep-"}) {
    if (tail.starts_with(kind)) tail.remove_prefix(kind.size());
  }
  if (!is_disposition) return tail;
  room = "disp:";
  room += tail;
  return room;
}

}  // namespace journey

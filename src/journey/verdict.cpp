#include "journey/verdict.h"

namespace journey {

std::string_view name(By by) {
  switch (by) {
    case By::Nothing:
      return "unknown";
    case By::CarrierCode:
      return "code";
    case By::StandardCode:
      return "standard";
    case By::CarrierWording:
      return "carrier-wording";
    case By::WordingRule:
      return "wording-rule";
    case By::WordingModel:
      return "wording-model";
    case By::Connector:
      return "connector";
  }
  return "unknown";
}

}  // namespace journey

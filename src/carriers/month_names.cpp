#include "carriers/month_names.h"

#include "carriers/letters.h"

namespace carriers {
namespace {

// Beginnings that no other month of these languages shares; the longest that fits decides, so that
// Finnish marraskuu (November) does not become March.
struct Stem {
  std::string_view begins;
  int month;
};
constexpr Stem kStems[] = {
    {"jan", 1},   {"jän", 1},      {"ene", 1},      {"gen", 1},   {"sty", 1},  {"янв", 1},
    {"tammi", 1}, {"led", 1},      {"oca", 1},      {"feb", 2},   {"fév", 2},  {"fev", 2},
    {"lut", 2},   {"фев", 2},      {"helmi", 2},    {"úno", 2},   {"şub", 2},  {"mar", 3},
    {"mär", 3},   {"mrz", 3},      {"maa", 3},      {"mrt", 3},   {"мар", 3},  {"bře", 3},
    {"apr", 4},   {"avr", 4},      {"abr", 4},      {"kwi", 4},   {"апр", 4},  {"huhti", 4},
    {"dub", 4},   {"nis", 4},      {"may", 5},      {"mai", 5},   {"maj", 5},  {"mag", 5},
    {"mei", 5},   {"мая", 5},      {"май", 5},      {"touko", 5}, {"kvě", 5},  {"jun", 6},
    {"juin", 6},  {"giu", 6},      {"cze", 6},      {"июн", 6},   {"kesä", 6}, {"červ", 6},
    {"haz", 6},   {"jul", 7},      {"juil", 7},     {"lug", 7},   {"lip", 7},  {"июл", 7},
    {"heinä", 7}, {"červenec", 7}, {"července", 7}, {"tem", 7},   {"aug", 8},  {"aoû", 8},
    {"aou", 8},   {"ago", 8},      {"sie", 8},      {"авг", 8},   {"elo", 8},  {"srp", 8},
    {"ağu", 8},   {"sep", 9},      {"set", 9},      {"wrz", 9},   {"сен", 9},  {"syys", 9},
    {"zář", 9},   {"eyl", 9},      {"oct", 10},     {"okt", 10},  {"ott", 10}, {"out", 10},
    {"paź", 10},  {"окт", 10},     {"loka", 10},    {"říj", 10},  {"eki", 10}, {"nov", 11},
    {"lis", 11},  {"ноя", 11},     {"marras", 11},  {"kas", 11},  {"dec", 12}, {"déc", 12},
    {"dez", 12},  {"des", 12},     {"dic", 12},     {"gru", 12},  {"дек", 12}, {"joulu", 12},
    {"pro", 12},  {"ara", 12},
};

}  // namespace

int month_of(std::string_view word) {
  const auto lower = lower_letters(word);
  std::size_t longest = 0;
  int month = 0;
  for (const auto& stem : kStems) {
    if (stem.begins.size() <= longest || !lower.starts_with(stem.begins)) continue;
    longest = stem.begins.size();
    month = stem.month;
  }
  return month;
}

}  // namespace carriers

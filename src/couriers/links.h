// What points at a courier from outside the number: links to its pages, and its name in a text.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "couriers/catalogue.h"
#include "couriers/formats.h"

namespace couriers {

// The couriers of a page, and the words of the link that may be the number, likeliest first. Words
// are percent-decoded; they view into the link or into `decoded`.
struct Link {
  std::string_view host;
  std::vector<CourierIndex> couriers;
  std::vector<std::string> words;
};

// A word by which people call couriers, in small letters as a text's context is made small; several
// couriers trade under one brand.
struct Name {
  std::string_view word;
  std::vector<CourierIndex> couriers;
};

class Links {
 public:
  explicit Links(const Catalogue& catalogue);

  Link read(std::string_view link) const;
  // The couriers whose page this host is, from the longest domain down.
  const std::vector<CourierIndex>* couriers_of(std::string_view host) const;
  const std::vector<Name>& names() const { return names_; }

 private:
  std::unordered_map<std::string_view, std::vector<CourierIndex>> hosts_;
  std::vector<Name> names_;
};

// "track.example.co.uk" out of "https://Track.example.co.uk:443/x?y", small letters not made.
std::string_view host_of(std::string_view link);

}  // namespace couriers

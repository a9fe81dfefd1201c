// Links to couriers' pages: whose page is it, and where may the number stand in it.
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

class Links {
 public:
  explicit Links(const Catalogue& catalogue);

  Link read(std::string_view link) const;
  // The couriers whose page this host is, from the longest domain down.
  const std::vector<CourierIndex>* couriers_of(std::string_view host) const;

 private:
  std::unordered_map<std::string_view, std::vector<CourierIndex>> hosts_;
};

// "track.example.co.uk" out of "https://Track.example.co.uk:443/x?y", small letters not made.
std::string_view host_of(std::string_view link);

}  // namespace couriers

// What `milepost demo` tells a newcomer: where to look, and what to paste.
#pragma once
#include <string>

namespace app {

struct Welcome {
  std::string url;     // "http://localhost:8080"
  std::string page;    // one parcel's tracking page; empty: none moves yet
  std::string key;     // of the demo's account
  std::string folder;  // where the demo keeps its data
  int speed = 1;
  std::string number, courier;  // a parcel to enter; empty: none is to be had
};

std::string welcome_text(const Welcome& welcome);

}  // namespace app

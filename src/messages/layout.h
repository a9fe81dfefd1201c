// One sheet for everything that is sent: the parts of a message, before they become HTML and text.
// Both are made of the same parts, so that neither says what the other hides.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "messages/brand.h"
#include "messages/message.h"
#include "messages/words.h"

namespace messages {

enum class Tone : std::uint8_t { Good, Move, Warn, Bad, Calm };

// A block that a shop has written, in both forms.
struct Block {
  std::string html, text;
};

struct Layout {
  const Words* words = nullptr;
  Sender sender;
  std::string subject, preheader, headline;
  Tone tone = Tone::Calm;
  std::string key_date;  // the one day that counts, below the headline

  std::vector<std::string> steps;  // of the parcel's way; empty: no bar
  int step = 0;                    // reached, counted from 1
  std::string progress;            // the bar in words

  std::string language_notice;          // "This letter is in English because ..."
  const Words* notice_words = nullptr;  // whose language that is
  std::string greeting;
  std::vector<std::string> paragraphs;
  Block intro;  // in place of the paragraphs
  struct Fact {
    std::string label, value;
    bool is_number = false;  // read from left to right everywhere, in a fixed width
  };
  std::vector<Fact> facts;
  std::string button, button_link;
  std::string code;  // to be typed off
  // Of a summary: one section each.
  struct Parcel {
    std::string headline;  // "Your parcel has arrived"
    std::string line;      // the sentence
    std::string about;     // what is in it, who carries it
    std::string words, link;
  };
  std::vector<Parcel> parcels;
  std::vector<std::string> after;
  Block extra;

  Block footer;  // in place of all below
  std::string notice_title, notice;
  std::string why;
  struct Link {
    std::string words, url;
  };
  std::vector<Link> links;
  std::vector<Link> foot;  // always, below a shop's own footer too
};

// Policy, cookies, rights and contact, those of them that are known.
void add_foot(Layout& layout, const Links& links);

std::string render_html(const Layout& layout);
std::string render_text(const Layout& layout);

// Who writes, line by line: name, address, contact; what is empty is left out.
std::vector<std::string> controller_lines(const Sender& sender);

}  // namespace messages

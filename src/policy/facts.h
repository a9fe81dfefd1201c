// Everything that policy, record and pages are made of: what the program's own data files say, who
// runs this instance, and to whom data goes. Immutable once made; safe from any thread.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/cookie.h"
#include "store/dictionary.h"

namespace policy {

// data/privacy, data/policy and data/languages/privacy, as they are compiled in: "privacy/x.toml".
struct DataFile {
  std::string_view name;
  std::string_view text;
};
const std::vector<DataFile>& data_files();
// Empty when there is none of this name.
std::string_view data_file(std::string_view name);

struct Purpose {
  std::string id, title, text;
  std::string basis;  // "contract", "processor", ...
  bool from_mailbox = false;
};

// One kind of thing that is known about one kind of person: many columns, one line for people.
struct Category {
  std::string subject;                                           // "consignee", "account-holder"
  std::string category;                                          // "postcode"
  std::vector<std::string> purposes, retention, forms, columns;  // ids; forms as in README
  bool is_required = false;                                      // in at least one of the columns
};

// Whoever gets personal data, by name (CJEU C-154/21).
struct Recipient {
  std::string name;
  std::string kind;       // "carrier", "processor"
  std::string task;       // what for, in words
  std::string country;    // two letters
  std::string safeguard;  // what makes a transfer lawful: "in the EEA", "adequacy decision", ...
  std::vector<std::string> categories;
  std::string purpose;  // id
  std::string since;    // "2026-11-22"; a date to come: announced, not yet in use
};

// Who runs this instance (GDPR Art. 13(1)(a) and (b)).
struct Operator {
  std::string name, address, country;
  std::string contact;          // for everything
  std::string privacy_contact;  // for requests; the contact when empty
  std::string officer;          // data protection officer, or "none"
  std::string representative;   // in the EEA, where the operator is outside
  std::string site;             // "https://track.example"
  bool is_complete() const { return !name.empty() && !address.empty() && !contact.empty(); }
};

// Countries of the European Economic Area.
bool is_in_eea(std::string_view country);

struct Facts {
  Operator who;
  std::vector<Purpose> purposes;  // in the order of personal::Purpose
  std::vector<store::RetentionClass> retention;
  std::vector<Category> categories;  // by subject, then as they first appear
  std::vector<Recipient> recipients;
  http::Register cookies;

  const Purpose* purpose(std::string_view id) const;
  const store::RetentionClass* retention_class(std::string_view id) const;
};

// What the data files say; the rest is given.
Facts facts_of(Operator who, std::vector<Recipient> recipients = {},
               const http::Register& cookies = http::the_register());

// All columns, those that say nothing about anybody included.
const store::Dictionary& dictionary();

// A word of the data files as it is said in a language: say("nl", "purpose.Notify.title", title).
// `otherwise`, the data file's own English, when the language has no such word.
std::string_view say(std::string_view language, std::string_view key, std::string_view otherwise);
// The keys that a language must have to say everything, with their English.
std::vector<std::pair<std::string, std::string>> words_needed(const Facts& facts);
// "shop data" -> "shop-data": as it stands in a key.
std::string key_of(std::string_view words);

}  // namespace policy

// The field dictionary: what data/privacy/rooms/ says about each column, and whether that
// agrees with the schema. Pure: files come in as text, the schema as names.
#pragma once
#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace store {

struct ColumnName {
  std::string table;
  std::string column;
  auto operator<=>(const ColumnName&) const = default;
};

struct DescribedColumn {
  ColumnName name;
  std::string schema;    // "main" or "keys"
  std::string category;  // in words
  std::string form;      // "clear", "sealed", "hashed", "wrapped-key"
  bool personal = false;
  std::vector<std::string> purposes;  // ids
  std::string retention;              // id
  std::string subject;                // "consignee", "account-holder", "none"
  bool required = false;
};

struct RetentionClass {
  std::string id;
  int days = 0;       // 0: until something happens
  std::string until;  // what
  std::string text;
  // What a consignee said (a refusal, a wish, a consent) outlives the parcel it was said about;
  // never what can be read of them: nothing sealed is kept so.
  bool said_by_the_person = false;
  // What a legal hold names outlives its 180 days until the hold's end date: of use for claims and
  // for the person's own rights, and for nothing else.
  bool held = false;
  // Stays when the account is closed whose it is: books, logs, proofs, and what nobody is in.
  bool outlives_account = false;
};

// data/privacy/rooms/*.toml, purposes.toml and retention.toml as text.
struct RoomFile {
  std::string name;  // "rooms/accounts.toml", for complaints
  std::string text;
};
struct DictionaryFiles {
  std::vector<RoomFile> rooms;
  std::string_view purposes;
  std::string_view retention;
};

class Dictionary {
 public:
  // Throws std::runtime_error naming file and place when a file is no TOML.
  explicit Dictionary(const DictionaryFiles& files);

  const std::vector<DescribedColumn>& columns() const { return columns_; }
  const std::vector<RetentionClass>& retention() const { return retention_; }

  // What is wrong with the entries themselves, and between them and the columns that a schema
  // really has. One sentence each, beginning with table.column; none when all is well.
  std::vector<std::string> faults() const;
  std::vector<std::string> faults_against(std::string_view schema,
                                          const std::vector<ColumnName>& real) const;

 private:
  void check(const DescribedColumn& column, std::vector<std::string>& faults) const;

  std::vector<DescribedColumn> columns_;
  std::vector<std::string> purposes_;
  std::vector<RetentionClass> retention_;
  std::vector<std::string> reading_faults_;  // absent, misspelt or ill-typed keys
};

}  // namespace store

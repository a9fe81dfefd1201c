#include "store/dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <vector>

#include "store/dialect.h"

namespace store {
namespace {

constexpr std::string_view kFirstLine = "milepost dump 1";
constexpr std::size_t kBlock = 64 << 10;
constexpr std::size_t kLongest = 64 << 20;  // of one value
constexpr std::size_t kRowsAtOnce = 1000;

enum Tag : char { Null = 0, Integer = 1, Real = 2, Text = 3, Bytes = 4 };

struct Table {
  std::string name;
  std::vector<std::string> columns;
  std::vector<NullOf> types;
};

std::string_view name_of(Schema schema) { return schema == Schema::Main ? "main" : "keys"; }

NullOf type_of(std::string_view word) {
  if (word == "INTEGER" || word == "bigint") return NullOf::Integer;
  if (word == "REAL" || word == "double precision") return NullOf::Real;
  if (word == "BLOB" || word == "bytea") return NullOf::Bytes;
  return NullOf::Text;
}

std::vector<Table> tables_of(Tx& tx) {
  std::vector<Table> tables;
  auto names = tx.query(engine::list_tables(tx.is_shared()));
  while (names.next()) tables.emplace_back().name = names.text(0);
  for (auto& table : tables) {
    auto columns = tx.query(engine::list_columns(tx.is_shared()), table.name);
    while (columns.next()) {
      table.columns.emplace_back(columns.text(0));
      table.types.push_back(type_of(columns.text(1)));
    }
  }
  return tables;
}

class Writer {
 public:
  explicit Writer(const ByteSink& sink) : sink_(sink) {}
  void raw(std::string_view bytes) {
    buffer_ += bytes;
    if (buffer_.size() >= kBlock) flush();
  }
  void byte(char c) { buffer_ += c; }
  void varint(std::uint64_t n) {
    for (; n >= 0x80; n >>= 7) buffer_ += static_cast<char>((n & 0x7f) | 0x80);
    buffer_ += static_cast<char>(n);
  }
  template <class T>
  void fixed(T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    raw({bytes, sizeof value});
  }
  void text(std::string_view bytes) {
    varint(bytes.size());
    raw(bytes);
  }
  void flush() {
    if (!buffer_.empty()) sink_(buffer_);
    buffer_.clear();
  }

 private:
  const ByteSink& sink_;
  std::string buffer_;
};

void write_value(Writer& out, const Rows& rows, int column, NullOf type) {
  if (rows.is_null(column)) {
    out.byte(Null);
  } else if (type == NullOf::Integer) {
    out.byte(Integer);
    out.fixed(rows.integer(column));
  } else if (type == NullOf::Real) {
    out.byte(Real);
    out.fixed(rows.real(column));
  } else if (type == NullOf::Bytes) {
    out.byte(Bytes);
    out.text(rows.blob(column));
  } else {
    out.byte(Text);
    out.text(rows.text(column));
  }
}

std::uint64_t write_table(Tx& tx, Writer& out, const Table& table) {
  out.byte('T');
  out.text(table.name);
  out.varint(table.columns.size());
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    out.text(table.columns[i]);
    out.byte(static_cast<char>(table.types[i]));
  }
  auto rows =
      tx.query(fmt::format("SELECT {} FROM {}", fmt::join(table.columns, ", "), table.name));
  std::uint64_t count = 0;
  for (; rows.next(); ++count) {
    out.byte('R');
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      write_value(out, rows, static_cast<int>(i), table.types[i]);
    }
  }
  return count;
}

class Reader {
 public:
  explicit Reader(const ByteSource& source) : source_(source) {}

  std::string line() {
    std::string text;
    for (char c = byte(); c != '\n'; c = byte()) {
      if (text.size() > 200) throw DumpFault("this is no dump");
      text += c;
    }
    return text;
  }
  char byte() {
    need(1);
    return buffer_[at_++];
  }
  std::uint64_t varint() {
    std::uint64_t n = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto c = static_cast<unsigned char>(byte());
      n |= std::uint64_t{c & 0x7fu} << shift;
      if ((c & 0x80) == 0) return n;
    }
    throw DumpFault("the dump is damaged");
  }
  template <class T>
  T fixed() {
    need(sizeof(T));
    T value;
    std::memcpy(&value, buffer_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  std::string text() {
    const auto length = varint();
    if (length > kLongest) throw DumpFault("the dump is damaged");
    need(length);
    std::string bytes = buffer_.substr(at_, length);
    at_ += length;
    return bytes;
  }

 private:
  void need(std::size_t bytes) {
    if (buffer_.size() - at_ >= bytes) return;
    buffer_.erase(0, at_);
    at_ = 0;
    while (buffer_.size() < bytes) {
      const auto more = source_(std::max(bytes, kBlock));
      if (more.empty()) throw DumpFault("the dump ends too early");
      buffer_ += more;
    }
  }
  const ByteSource& source_;
  std::string buffer_;
  std::size_t at_ = 0;
};

// "key value" of one line.
std::string value_of(Reader& in, std::string_view key) {
  const auto line = in.line();
  if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ' ') {
    throw DumpFault("this is no dump, or one of a newer program");
  }
  return line.substr(key.size() + 1);
}
std::int64_t number_of(Reader& in, std::string_view key) {
  const auto text = value_of(in, key);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) throw DumpFault("this is no dump");
  return number;
}

DumpHead read_head(Reader& in) {
  if (in.line() != kFirstLine) throw DumpFault("this is no dump, or one of a newer program");
  DumpHead head;
  const auto schema = value_of(in, "schema");
  if (schema != "main" && schema != "keys") throw DumpFault("this is no dump");
  head.schema = schema == "main" ? Schema::Main : Schema::Keys;
  head.migration = static_cast<int>(number_of(in, "migration"));
  head.made_at = base::from_micros(number_of(in, "made_at"));
  head.useful_until = base::from_micros(number_of(in, "useful_until"));
  if (!in.line().empty()) throw DumpFault("this is no dump, or one of a newer program");
  return head;
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Table read_table(Reader& in) {
  Table table;
  table.name = in.text();
  const auto count = in.varint();
  if (!is_word(table.name) || count == 0 || count > 500) throw DumpFault("the dump is damaged");
  for (std::uint64_t i = 0; i < count; ++i) {
    table.columns.push_back(in.text());
    const char type = in.byte();
    if (!is_word(table.columns.back()) || type < 0 || type > 3) {
      throw DumpFault("the dump is damaged");
    }
    table.types.push_back(static_cast<NullOf>(type));
  }
  return table;
}

struct Value {
  Tag tag = Null;
  std::int64_t integer = 0;
  double real = 0;
  std::string bytes;

  Param param(NullOf type) const {
    switch (tag) {
      case Integer:
        return integer;
      case Real:
        return real;
      case Text:
        return std::string_view(bytes);
      case Bytes:
        return Blob{bytes};
      default:
        return type;
    }
  }
};

Value read_value(Reader& in) {
  Value value;
  value.tag = static_cast<Tag>(in.byte());
  switch (value.tag) {
    case Null:
      break;
    case Integer:
      value.integer = in.fixed<std::int64_t>();
      break;
    case Real:
      value.real = in.fixed<double>();
      break;
    case Text:
    case Bytes:
      value.bytes = in.text();
      break;
    default:
      throw DumpFault("the dump is damaged");
  }
  return value;
}

// Calls for every table, and for every row of it.
template <class OnTable, class OnRow>
DumpTally walk(Reader& in, OnTable&& on_table, OnRow&& on_row) {
  DumpTally tally;
  Table table;
  while (true) {
    switch (in.byte()) {
      case 'T':
        table = read_table(in);
        ++tally.tables;
        on_table(table);
        break;
      case 'R': {
        if (table.columns.empty()) throw DumpFault("the dump is damaged");
        std::vector<Value> row;
        for (std::size_t i = 0; i < table.columns.size(); ++i) row.push_back(read_value(in));
        ++tally.rows;
        on_row(table, std::move(row));
        break;
      }
      case 'E':
        if (in.varint() != tally.rows) throw DumpFault("rows of the dump are missing");
        return tally;
      default:
        throw DumpFault("the dump is damaged");
    }
  }
}

// Collects rows of one table and writes many in one transaction.
class Loader {
 public:
  explicit Loader(Database& database) : database_(database) {}

  void begin(const Table& table) {
    flush();
    table_ = table;
    std::string places;
    for (std::size_t i = 1; i <= table.columns.size(); ++i) {
      places += fmt::format("{}${}", i == 1 ? "" : ", ", i);
    }
    insert_ = fmt::format("INSERT INTO {} ({}) VALUES ({})", table.name,
                          fmt::join(table.columns, ", "), places);
    // A migration may have left rows of its own.
    database_.write_now([&](Tx& tx) { return tx.execute("DELETE FROM " + table.name); });
  }
  void add(std::vector<Value> row) {
    rows_.push_back(std::move(row));
    if (rows_.size() >= kRowsAtOnce) flush();
  }
  void flush() {
    if (rows_.empty()) return;
    database_.write_now([&](Tx& tx) {
      std::vector<Param> params;
      for (const auto& row : rows_) {
        params.clear();
        for (std::size_t i = 0; i < row.size(); ++i)
          params.push_back(row[i].param(table_.types[i]));
        tx.enqueue_params(insert_, params);
      }
      return 0;
    });
    rows_.clear();
  }

 private:
  Database& database_;
  Table table_;
  std::string insert_;
  std::vector<std::vector<Value>> rows_;
};

}  // namespace

DumpTally write_dump(Database& database, DumpHead head, const ByteSink& sink) {
  const auto known = known_migrations(head.schema);
  return database.read_now([&](Tx& tx) {
    auto newest = tx.query("SELECT MAX(number) FROM migrations");
    newest.next();
    head.migration = static_cast<int>(newest.integer(0));
    Writer out(sink);
    out.raw(fmt::format("{}\nschema {}\nmigration {}\nmade_at {}\nuseful_until {}\n\n", kFirstLine,
                        name_of(head.schema), head.migration, base::to_micros(head.made_at),
                        base::to_micros(head.useful_until)));
    DumpTally tally;
    for (const auto& table : tables_of(tx)) {
      ++tally.tables;
      tally.rows += write_table(tx, out, table);
    }
    out.byte('E');
    out.varint(tally.rows);
    out.flush();
    return tally;
  });
}

DumpTally check_dump(const ByteSource& source, DumpHead& head) {
  Reader in(source);
  head = read_head(in);
  return walk(
      in, [](const Table&) {}, [](const Table&, std::vector<Value>) {});
}

DumpTally load_dump(Database& database, Schema schema, const ByteSource& source,
                    base::Instant now) {
  Reader in(source);
  const auto head = read_head(in);
  if (head.schema != schema) {
    throw DumpFault(fmt::format("this is a dump of the {} database, not of the {} one",
                                name_of(head.schema), name_of(schema)));
  }
  if (head.useful_until <= now) {
    throw DumpFault("its time is over: what it holds should have been forgotten since");
  }
  auto known = known_migrations(schema);
  if (pending_migrations(database, schema).size() != known.size()) {
    throw DumpFault("the database is not empty");
  }
  std::erase_if(known, [&](const Migration& one) { return one.number > head.migration; });
  if (static_cast<int>(known.size()) != head.migration) {
    throw DumpFault("it was made by a newer program");
  }
  migrate(database, std::move(known), now);
  Loader loader(database);
  const auto tally = walk(
      in, [&](const Table& table) { loader.begin(table); },
      [&](const Table&, std::vector<Value> row) { loader.add(std::move(row)); });
  loader.flush();
  migrate(database, schema, now);
  return tally;
}

}  // namespace store

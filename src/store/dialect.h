// Where the two engines' SQL must differ. Everything else in Milepost writes it once.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace store::engine {

// The statements of a script, without comments. Knows quotes; triggers are not portable and have no
// place here.
std::vector<std::string> split_script(std::string_view script);

// A schema statement in PostgreSQL's words: INTEGER is BIGINT, BLOB is BYTEA, REAL is DOUBLE
// PRECISION, TEXT sorts by bytes as SQLite's does, STRICT and WITHOUT ROWID fall away. Whole words
// only, and never inside quotes.
std::string postgres_schema(std::string_view statement);

// N of the highest $N, outside quotes and comments.
std::size_t highest_parameter(std::string_view sql);

// Is there a table of the name $1? One row if so.
std::string_view find_table(bool is_shared);

// The tables there are, in the order in which they were made, without "migrations"; and the columns
// of the table $1 with the engine's word for their type.
std::string_view list_tables(bool is_shared);
std::string_view list_columns(bool is_shared);

// Makes other processes that migrate the same database wait until the transaction ends; empty where
// every writing transaction does so anyway (SQLite).
std::string_view lock_for_migration(bool is_shared);

}  // namespace store::engine

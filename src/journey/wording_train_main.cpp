// Trains the wording model when the program is built:  wording_train MODEL FILE...
//
// A .txt is a file of data/wordings; a .tsv a table of codes, whose sentences belong to its folder
// (data/connectors/<carrier>/codes.tsv) or to itself (data/standards/<name>.tsv).
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "journey/wording_training.h"

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path.string() + ": cannot be read");
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

std::vector<journey::Sentence> sentences_of(const fs::path& path, std::uint32_t language) {
  const auto name = path.filename() == "codes.tsv" ? path.parent_path().filename() : path.stem();
  auto found = path.extension() == ".txt"
                   ? journey::read_wordings(read(path), language)
                   : journey::read_table_sentences(read(path), name.string());
  if (!found)
    throw std::runtime_error(
        fmt::format("{}:{}: {}", path.string(), found.error().line, found.error().says));
  return std::move(found).value();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "wording_train MODEL FILE...\n");
    return 2;
  }
  try {
    std::vector<journey::Sentence> all;
    for (int i = 2; i < argc; ++i) {
      const auto more = sentences_of(argv[i], static_cast<std::uint32_t>(i));
      all.insert(all.end(), more.begin(), more.end());
    }
    std::ofstream out(argv[1], std::ios::binary);
    out << journey::train_wording(all);
    out.close();
    return out ? 0 : 1;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}

// Trains the wording model when the program is built:  wording_train MODEL FILE...
//
// concepts.txt is the lexicon (wording_concepts.h); another .txt is a file of data/wordings; a .tsv
// a table of codes, whose sentences belong to its folder (data/connectors/<carrier>/codes.tsv) or
// to itself (data/standards/<name>.tsv).
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

[[noreturn]] void refuse(const fs::path& path, const journey::TableMistake& mistake) {
  throw std::runtime_error(fmt::format("{}:{}: {}", path.string(), mistake.line, mistake.says));
}

std::vector<journey::ConceptWord> concepts_of(const fs::path& path) {
  auto found = journey::read_concepts(read(path));
  if (!found) refuse(path, found.error());
  return std::move(found).value();
}

std::vector<journey::Sentence> sentences_of(const fs::path& path, std::uint32_t language) {
  const auto name = path.filename() == "codes.tsv" ? path.parent_path().filename() : path.stem();
  auto found = path.extension() == ".txt"
                   ? journey::read_wordings(read(path), language)
                   : journey::read_table_sentences(read(path), name.string());
  if (!found) refuse(path, found.error());
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
    std::vector<journey::ConceptWord> words;
    for (int i = 2; i < argc; ++i) {
      if (fs::path(argv[i]).filename() == "concepts.txt") {
        words = concepts_of(argv[i]);
        continue;
      }
      const auto more = sentences_of(argv[i], static_cast<std::uint32_t>(i));
      all.insert(all.end(), more.begin(), more.end());
    }
    std::ofstream out(argv[1], std::ios::binary);
    out << journey::train_wording(all, words);
    out.close();
    return out ? 0 : 1;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}

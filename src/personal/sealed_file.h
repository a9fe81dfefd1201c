// A file that only the master key opens: backups. Written whole beside its place and put there when
// it is complete, mode 0600. libsodium's secretstream (XChaCha20-Poly1305): a byte changed, a part
// cut off, moved or repeated is noticed before what follows is given out.
#pragma once
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "personal/vault.h"

namespace personal {

// what() is for the operator.
class SealedFileFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class SealedFileWriter {
 public:
  // `kind` is bound to the bytes: a file of one kind cannot be read as another.
  SealedFileWriter(const std::string& path, const MasterKey& master, std::string_view kind);
  ~SealedFileWriter();  // takes away what was not finished

  void write(std::string_view bytes);
  // Synced and in its place when it returns.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class SealedFileReader {
 public:
  SealedFileReader(const std::string& path, const MasterKey& master, std::string_view kind);
  ~SealedFileReader();

  // The next bytes, at most a part's worth; empty at the end, which must be the file's own.
  std::string read();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace personal

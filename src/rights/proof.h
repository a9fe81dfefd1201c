// The search for what must not be there any more (policy clause 87): every byte of every surface on
// disk, for each of the erased values as it is, in other letter case, in base64, in hexadecimal and
// in UTF-16. The counts go into the certificate of the erasure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "rights/erasure.h"

namespace rights {

struct Surface {
  std::string name;  // "database", "write-ahead log", "backups"
  std::string path;  // a file, or a folder that is searched with all below it; may be absent
};

// What a value may look like on a disk. Values shorter than four bytes are left out: they would be
// found everywhere.
std::vector<std::string> disguises(std::string_view value);

// Reads the surfaces file by file, in pieces. Missing files are no trouble (there is nothing in
// them) and are noted. Throws std::runtime_error for one that cannot be read: then nothing is
// proven.
std::vector<Certificate::Surface> search(const std::vector<Surface>& surfaces,
                                         const std::vector<std::string>& values);

// The values of a report that would tell who somebody was: what is sealed, and the references that
// are not. To be read before the erasure.
std::vector<std::string> canaries_of(const struct Report& report);

}  // namespace rights

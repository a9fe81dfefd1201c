// Reading a message that somebody else wrote: headers and parts, nothing executed, nothing loaded,
// nothing that can grow beyond what came in. For delivery reports and the mail catcher; mailboxes
// of customers want a reader that forgives more.
//
// Accepts LF and CRLF. Beyond the limits the rest is left out, silently: 4 MB, 200 headers of
// 8 kB, 64 parts, 6 levels. Views point into the bytes that were read. Pure.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace channels::email {

struct ReadPart {
  // Names in lower case, values unfolded and otherwise as they came.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string type;       // "text/plain"; lower case
  std::string_view body;  // in its transfer encoding; empty for a multipart
  std::vector<ReadPart> parts;

  // First header of this name (lower case), empty when absent.
  std::string_view header(std::string_view name) const;
  // Of Content-Type, unquoted: "boundary", "charset", "report-type".
  std::string parameter(std::string_view name) const;
  // The body without its transfer encoding.
  std::string decoded() const;
  // This part or the first below it of this type; nullptr when there is none.
  const ReadPart* find(std::string_view wanted) const;
};

ReadPart read_message(std::string_view bytes);

using ReadHeaders = std::vector<std::pair<std::string, std::string>>;
// The header block at the front of `bytes`, which is moved behind it and its empty line. A delivery
// report's body is made of such blocks, too.
ReadHeaders read_headers(std::string_view& bytes);

}  // namespace channels::email

// Any bytes in any pieces as one side of an SMTP conversation: no crash, whole lines as answers,
// the same whichever way they were cut, and never a message beyond its limit.
#include <cstdlib>

#include "channels/email/sink_session.h"

namespace {

using namespace channels::email;

struct Talk {
  std::string answers;
  std::size_t messages = 0;
};

Talk talk(std::string_view bytes, std::size_t piece) {
  SinkSession::Options options;
  options.most_bytes = 200;
  Talk out;
  SinkSession session(options, [&](const SunkMessage& message) {
    if (message.bytes.size() > options.most_bytes + 2 || message.to.empty()) std::abort();
    return ++out.messages % 2 == 1;
  });
  out.answers = session.begin();
  while (!bytes.empty() && !session.is_over()) {
    out.answers += session.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto one = talk(bytes, 1);
  const auto all = talk(bytes, 17);
  if (!one.answers.ends_with("\r\n") || !all.answers.ends_with("\r\n")) std::abort();
  // An endless line is noticed with the piece that makes it too long, so only those agree exactly.
  if (size < 200 && (one.answers != all.answers || one.messages != all.messages)) std::abort();
  return 0;
}

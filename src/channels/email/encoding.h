// The encodings of a message on its way: quoted-printable and base64 bodies (RFC 2045), encoded
// words (RFC 2047), folded headers (RFC 5322 2.2.3). Lines end with CRLF and never exceed 76
// characters, whatever the words. Pure.
#pragma once
#include <string>
#include <string_view>

namespace channels::email {

// `text` is UTF-8 with any line ends. A line that begins with a full stop or with "From " is
// protected: careless servers on the way change both.
std::string quoted_printable(std::string_view text);
// In lines of 76.
std::string base64_lines(std::string_view bytes);

// A header of free text, with its CRLF: encoded words where it is not plain ASCII or has a word
// that does not fit into a line. `text` holds no control characters.
std::string text_header(std::string_view name, std::string_view text);
// The name before an address: a phrase, quoted or encoded as it needs. `column` is how much of the
// line is taken; the result may hold folds.
std::string phrase(std::string_view name, std::size_t column);
// A header of tokens that may be folded between any two of them: references, addresses.
std::string token_header(std::string_view name, std::string_view tokens);

// The other way round, forgiving: what is broken stays as it is.
std::string decode_quoted_printable(std::string_view text);
std::string decode_base64(std::string_view text);
// Encoded words in UTF-8, ISO-8859-1 and US-ASCII; others stay as they are.
std::string decode_words(std::string_view header);

}  // namespace channels::email

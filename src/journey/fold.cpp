#include "journey/fold.h"

#include <algorithm>
#include <iterator>

namespace journey {
namespace {

// U+00C0 to U+017F as ASCII; two letters where one would say something else ("ß", "æ").
constexpr std::string_view kLatin[] = {
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",   // C0
    "d", "n", "o", "o", "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "ss",  // D0
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",   // E0
    "d", "n", "o", "o", "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "y",   // F0
    "a", "a", "a", "a", "a", "a", "c",  "c", "c", "c", "c", "c", "c", "c", "d",  "d",   // 100
    "d", "d", "e", "e", "e", "e", "e",  "e", "e", "e", "e", "e", "g", "g", "g",  "g",   // 110
    "g", "g", "g", "g", "h", "h", "h",  "h", "i", "i", "i", "i", "i", "i", "i",  "i",   // 120
    "i", "i", "i", "i", "j", "j", "k",  "k", "k", "l", "l", "l", "l", "l", "l",  "l",   // 130
    "l", "l", "l", "n", "n", "n", "n",  "n", "n", "n", "n", "n", "o", "o", "o",  "o",   // 140
    "o", "o", "o", "o", "r", "r", "r",  "r", "r", "r", "s", "s", "s", "s", "s",  "s",   // 150
    "s", "s", "t", "t", "t", "t", "t",  "t", "u", "u", "u", "u", "u", "u", "u",  "u",   // 160
    "u", "u", "u", "u", "w", "w", "y",  "y", "y", "z", "z", "z", "z", "z", "z",  "s"};  // 170

// Traditional and Japanese forms of the characters that events are written with.
constexpr std::u32string_view kForms[] = {
    U"遞递", U"達达", U"運运", U"單单", U"貨货", U"關关", U"處处", U"轉转", U"戶户", U"無无",
    U"絕绝", U"車车", U"機机", U"門门", U"點点", U"櫃柜", U"領领", U"發发", U"離离", U"進进",
    U"場场", U"國国", U"際际", U"區区", U"聯联", U"絡络", U"遲迟", U"誤误", U"損损", U"壞坏",
    U"遺遗", U"報报", U"驗验", U"稅税", U"檢检", U"簽签", U"術术", U"經经", U"將将", U"時时",
    U"間间", U"資资", U"訊讯", U"郵邮", U"電电", U"話话", U"異异", U"狀状", U"態态", U"應应",
    U"後后", U"還还", U"変变", U"発发", U"給给", U"約约", U"準准", U"備备", U"裝装", U"載载",
    U"倉仓", U"庫库", U"內内", U"專专", U"員员", U"於于", U"為为", U"這这", U"個个", U"們们",
    U"對对", U"來来", U"現现", U"務务", U"業业", U"請请", U"號号", U"認认", U"錯错", U"變变",
    U"換换", U"繫系", U"係系", U"總总", U"線线", U"開开", U"結结", U"東东", U"從从", U"歸归",
    U"擬拟", U"擲掷", U"託托", U"攬揽", U"収收", U"営营", U"続续", U"転转", U"駅站", U"継继",
    U"関关", U"預预", U"済济", U"処处", U"検检", U"査查", U"図图", U"広广", U"氣气", U"災灾",
    U"風风", U"陸陆", U"飛飞", U"輸输", U"問问", U"題题", U"歡欢", U"費费", U"補补", U"證证",
    U"齡龄", U"滯滞", U"棄弃", U"銷销", U"毀毁", U"賠赔"};

struct Form {
  char16_t from, to;
};

// Sorted by the compiler, because the list above is for reading.
constexpr auto kSimplified = [] {
  std::array<Form, std::size(kForms)> forms{};
  std::ranges::transform(kForms, forms.begin(), [](std::u32string_view pair) {
    return Form{static_cast<char16_t>(pair[0]), static_cast<char16_t>(pair[1])};
  });
  std::ranges::sort(forms, {}, &Form::from);
  return forms;
}();

char32_t simplified(char32_t c) {
  const auto at = std::ranges::lower_bound(kSimplified, static_cast<char16_t>(c), {}, &Form::from);
  return at != kSimplified.end() && at->from == c ? at->to : c;
}

constexpr char32_t kNothing = 0;      // falls away: an accent of its own
constexpr char32_t kSeparator = ' ';  // anything that is no letter

char32_t greek(char32_t c) {
  constexpr std::u32string_view kFrom = U"άέήίΰϊϋόύώΐςΆΈΉΊΌΎΏΪΫ";
  constexpr std::u32string_view kTo = U"αεηιυιυουωισαεηιουωιυ";
  if (const auto at = kFrom.find(c); at != kFrom.npos) return kTo[at];
  return c >= 0x391 && c <= 0x3A9 ? c + 0x20 : c;
}

char32_t cyrillic(char32_t c) {
  if (c >= 0x410 && c <= 0x42F) c += 0x20;
  if (c >= 0x400 && c <= 0x40F) c += 0x50;
  switch (c) {
    case U'ё':
    case U'ѐ':
      return U'е';
    case U'й':
    case U'ѝ':
      return U'и';
    case U'ї':
      return U'і';
    case U'Ґ':
    case U'ґ':
      return U'г';
    default:
      return c;
  }
}

char32_t semitic(char32_t c) {
  if (c >= 0x591 && c <= 0x5C7) return kNothing;  // Hebrew points
  if ((c >= 0x64B && c <= 0x65F) || c == 0x640 || c == 0x670) return kNothing;
  if (c == 0x622 || c == 0x623 || c == 0x625 || c == 0x671) return 0x627;  // alef
  if (c == 0x649) return 0x64A;                                            // yeh
  if (c == 0x629) return 0x647;                                            // teh marbuta
  if (c == 0x60C || c == 0x61B || c == 0x61F || (c >= 0x660 && c <= 0x66D) || c == 0x6D4 ||
      (c >= 0x6F0 && c <= 0x6F9) || c == 0x5BE || c == 0x5F3 || c == 0x5F4)
    return kSeparator;
  return c;
}

bool is_symbol(char32_t c) {
  return c < 0xC0 || c == 0xD7 || c == 0xF7 || (c >= 0x2B0 && c <= 0x2FF) ||
         (c >= 0x2000 && c <= 0x2BFF) || (c >= 0x3000 && c <= 0x3004) ||
         (c >= 0x3007 && c <= 0x3020) || c == 0x30FB || (c >= 0xFE10 && c <= 0xFE6F) ||
         (c >= 0xFF00 && c <= 0xFF20) || (c >= 0xFF3B && c <= 0xFF40) ||
         (c >= 0xFF5B && c <= 0xFF65) || c == 0xFEFF || c == 0xFFFD || c >= 0x1F000;
}

// A letter above ASCII, folded, when it stays one code point.
char32_t fold_letter(char32_t c) {
  if (c >= 0x300 && c <= 0x36F) return kNothing;
  if (c >= 0x4E00 && c <= 0x9FFF) return simplified(c);
  if (is_symbol(c)) return kSeparator;
  if (c >= 0x370 && c <= 0x3FF) return greek(c);
  if (c >= 0x400 && c <= 0x52F) return cyrillic(c);
  if (c >= 0x590 && c <= 0x6FF) return semitic(c);
  if (c >= 0xFF21 && c <= 0xFF3A) return c - 0xFF21 + 'a';
  if (c >= 0xFF41 && c <= 0xFF5A) return c - 0xFF41 + 'a';
  if (c >= 0x218 && c <= 0x219) return 's';
  if (c >= 0x21A && c <= 0x21B) return 't';
  if (c >= 0x1A0 && c <= 0x1A1) return 'o';
  if (c >= 0x1AF && c <= 0x1B0) return 'u';
  if (c >= 0x1EA0 && c <= 0x1EB7) return 'a';
  if (c >= 0x1EB8 && c <= 0x1EC7) return 'e';
  if (c >= 0x1EC8 && c <= 0x1ECB) return 'i';
  if (c >= 0x1ECC && c <= 0x1EE3) return 'o';
  if (c >= 0x1EE4 && c <= 0x1EF1) return 'u';
  if (c >= 0x1EF2 && c <= 0x1EF9) return 'y';
  return c;
}

// What becomes of an ASCII character: a small letter, a digit that spoils its word, or a separator.
constexpr char kDigit = 1;
constexpr auto kAscii = [] {
  std::array<char, 128> table{};
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = kDigit;
  for (char c = 'a'; c <= 'z'; ++c) {
    table[static_cast<unsigned char>(c)] = c;
    table[static_cast<unsigned char>(c - 'a' + 'A')] = c;
  }
  return table;
}();

bool is_latin(char c) { return static_cast<unsigned char>(c) < 0x80; }

}  // namespace

char32_t code_point(std::string_view text, std::size_t& size) {
  const auto byte = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
  };
  const auto follows = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const char32_t first = byte(0);
  size = 1;
  if (first < 0x80) return first;
  if (first >= 0xC2 && first < 0xE0 && follows(1)) {
    size = 2;
    return (first & 0x1F) << 6 | (byte(1) & 0x3F);
  }
  if (first >= 0xE0 && first < 0xF0 && follows(1) && follows(2)) {
    size = 3;
    return (first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  }
  if (first >= 0xF0 && first < 0xF5 && follows(1) && follows(2) && follows(3)) {
    size = 4;
    return (first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
  }
  return 0xFFFD;
}

Folded::Folded(std::string_view text) {
  std::size_t at = 0;
  // Eight bytes of room: the longest thing one code point becomes.
  while (at < text.size() && size_ + 8 <= kMost) {
    const char c = text[at];
    if (is_latin(c)) {
      ++at;
      const char folded = kAscii[static_cast<unsigned char>(c)];
      if (folded > kDigit) {
        bytes_[size_++] = folded;
      } else if (folded == kDigit) {
        has_digit_ = true;
      } else {
        separator();
      }
      continue;
    }
    std::size_t length = 1;
    letter(code_point(text.substr(at), length));
    at += length;
  }
  end_word();
  if (size_ > 0 && bytes_[size_ - 1] == ' ') --size_;
}

// The Latin word that ends here does not count when it had a digit.
void Folded::end_word() {
  if (has_digit_) size_ = word_;
  has_digit_ = false;
}

void Folded::separator() {
  end_word();
  if (size_ > 0 && bytes_[size_ - 1] != ' ') bytes_[size_++] = ' ';
  word_ = size_;
}

void Folded::letter(char32_t c) {
  if (c >= 0xC0 && c <= 0x17F && c != 0xD7 && c != 0xF7) {
    for (const char ascii : kLatin[c - 0xC0]) bytes_[size_++] = ascii;
    return;
  }
  c = fold_letter(c);
  if (c == kNothing) return;
  if (c == kSeparator) return separator();
  if (c < 0x80) {
    bytes_[size_++] = static_cast<char>(c);
    return;
  }
  // Other scripts stand beside digits without a space: only what is Latin falls away with them.
  end_word();
  const auto put = [&](char32_t byte) { bytes_[size_++] = static_cast<char>(byte); };
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
  word_ = size_;
}

std::string fold(std::string_view text) { return std::string(Folded(text).view()); }

}  // namespace journey

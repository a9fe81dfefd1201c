#include "policy/markdown.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace policy {
namespace {

constexpr std::string_view kSigns = "\\`*[]|#{}<>";

void escape(std::string& out, char c) {
  switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    default:
      out += c;
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) escape(out, c);
  return out;
}

bool may_lead_there(std::string_view address) {
  const bool is_ours = address.starts_with('/') && !address.starts_with("//");
  return is_ours || address.starts_with('#') || address.starts_with("https://") ||
         address.starts_with("mailto:");
}

// The parts of a line: strong, code, links, and signs that a backslash makes plain.
class Inline {
 public:
  explicit Inline(std::string_view text) : text_(text) {}

  std::string html() {
    while (!text_.empty()) {
      if (text_.front() == '\\' && text_.size() > 1) {
        escape(out_, text_[1]);
        text_.remove_prefix(2);
      } else if (!pair("**", "strong") && !pair("`", "code") && !link()) {
        escape(out_, text_.front());
        text_.remove_prefix(1);
      }
    }
    return std::move(out_);
  }

 private:
  bool pair(std::string_view mark, std::string_view element) {
    if (!text_.starts_with(mark)) return false;
    const auto end = text_.find(mark, mark.size());
    if (end == std::string_view::npos) return false;
    out_ += "<" + std::string(element) + ">";
    out_ += Inline(text_.substr(mark.size(), end - mark.size())).html();
    out_ += "</" + std::string(element) + ">";
    text_.remove_prefix(end + mark.size());
    return true;
  }
  bool link() {
    const auto middle = text_.find("](");
    const auto end = text_.find(')', middle == std::string_view::npos ? 0 : middle);
    if (text_.front() != '[' || middle == std::string_view::npos || end == std::string_view::npos)
      return false;
    const auto address = text_.substr(middle + 2, end - middle - 2);
    if (!may_lead_there(address)) return false;
    const bool is_elsewhere = address.starts_with("https://");
    out_ += "<a href=\"" + escaped(address) + "\"";
    if (is_elsewhere) out_ += " rel=\"noopener noreferrer external\"";
    out_ += ">" + Inline(text_.substr(1, middle - 1)).html() + "</a>";
    text_.remove_prefix(end + 1);
    return true;
  }

  std::string_view text_;
  std::string out_;
};

std::string inline_html(std::string_view text) { return Inline(text).html(); }

class Page {
 public:
  std::string html(std::string_view markdown) {
    while (!markdown.empty()) {
      const auto end = std::min(markdown.find('\n'), markdown.size());
      line(base::trim(markdown.substr(0, end)));
      markdown.remove_prefix(std::min(end + 1, markdown.size()));
    }
    become(Block::None);
    return std::move(out_);
  }

 private:
  enum class Block { None, Paragraph, List, Table };

  void line(std::string_view text) {
    if (text.empty()) {
      become(Block::None);
    } else if (text.starts_with("#")) {
      heading(text);
    } else if (text.starts_with("- ")) {
      become(Block::List);
      out_ += "<li>" + inline_html(text.substr(2)) + "</li>\n";
    } else if (text.starts_with("|")) {
      row(text);
    } else {
      const bool goes_on = block_ == Block::Paragraph;
      become(Block::Paragraph);
      out_ += (goes_on ? "\n" : "") + inline_html(text);
    }
  }

  void heading(std::string_view text) {
    become(Block::None);
    const auto level = std::min<std::size_t>(text.find_first_not_of('#'), 6);
    text = base::trim(text.substr(std::min(level, text.size())));
    std::string id;
    if (const auto mark = text.find(" {#"); mark != std::string_view::npos && text.ends_with('}')) {
      id = " id=\"" + escaped(text.substr(mark + 3, text.size() - mark - 4)) + "\"";
      text = text.substr(0, mark);
    }
    const auto name = "h" + std::to_string(level);
    out_ += "<" + name + id + ">" + inline_html(text) + "</" + name + ">\n";
  }

  void row(std::string_view text) {
    const bool is_first = block_ != Block::Table;
    if (!is_first && text.find_first_not_of("|-: ") == std::string_view::npos) return;
    become(Block::Table);
    const auto cells = cells_of(text);
    if (is_first) {
      heads_ = cells;
      out_ += "<thead><tr>";
      for (const auto& cell : cells) out_ += "<th scope=\"col\">" + inline_html(cell) + "</th>";
      out_ += "</tr></thead>\n<tbody>\n";
      return;
    }
    out_ += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      // On a phone each cell stands below its heading's words.
      const auto label = i < heads_.size() ? escaped(heads_[i]) : "";
      out_ += i == 0 ? "<th scope=\"row\">" + inline_html(cells[i]) + "</th>"
                     : "<td data-label=\"" + label + "\">" + inline_html(cells[i]) + "</td>";
    }
    out_ += "</tr>\n";
  }

  static std::vector<std::string> cells_of(std::string_view text) {
    std::vector<std::string> cells;
    std::string cell;
    text.remove_prefix(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) {
        cell += text[i];
        cell += text[++i];
      } else if (text[i] == '|') {
        cells.emplace_back(base::trim(cell));
        cell.clear();
      } else {
        cell += text[i];
      }
    }
    return cells;
  }

  void become(Block next) {
    if (block_ == next) return;
    static constexpr std::string_view kEnds[] = {"", "</p>\n", "</ul>\n",
                                                 "</tbody></table></div>\n"};
    static constexpr std::string_view kBegins[] = {
        "", "<p>", "<ul>\n",
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\"><table class=\"stack\">"};
    out_ += kEnds[static_cast<std::size_t>(block_)];
    out_ += kBegins[static_cast<std::size_t>(next)];
    block_ = next;
  }

  std::string out_;
  std::vector<std::string> heads_;
  Block block_ = Block::None;
};

}  // namespace

std::string to_html(std::string_view markdown) { return Page().html(markdown); }

std::string plain(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (kSigns.find(c) != std::string_view::npos) out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

}  // namespace policy

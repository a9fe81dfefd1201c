// A shop's own blocks, filled with the facts and put into the sheet.
#pragma once
#include "messages/layout.h"
#include "messages/template.h"

namespace messages {

void put_in(const Template& edited, const Facts& facts, Layout& layout);
// The shop's words for SMS, push and chat; empty when it has none.
std::string short_text(const Template& edited, const Facts& facts, const Layout& layout);

}  // namespace messages

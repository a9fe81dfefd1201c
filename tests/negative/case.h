// What every case of this folder begins with: a personal value in hand, and an access that may open
// it. With WRONG defined each .cpp must fail with the words its first line expects; without, it
// must compile.
#pragma once
#include <string>
#include <string_view>

#include "personal/access.h"
#include "personal/fields.gen.h"
#include "personal/personal.h"

using Email = personal::Personal<std::string, personal::field::CustomerEmail>;
using Note = personal::Personal<std::string, personal::field::Note>;
using Serve = personal::Access<personal::Purpose::ServeController>;
using Notify = personal::Access<personal::Purpose::Notify>;

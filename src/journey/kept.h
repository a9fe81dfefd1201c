// From a report's scan to the checkpoint that is kept, and when two of them are the same event.
// Inner part of merge.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "journey/journey.h"
#include "journey/report.h"

namespace journey {

// Not more than `most` bytes, cut between characters.
std::string bounded(std::string_view text, std::size_t most);
// As the API shows it: "2026-03-01T09:00:00.125Z" is "2026-03-01T09:00:00+00:00".
std::string in_whole_seconds(std::string_view time);

// A pure function of the scan: places become codes where they are certain, texts have bounds. The
// derived offset is left to derive_offset, because most scans of an answer are there already.
Checkpoint kept(const Scan& scan, int source, int position, Heard heard);
// The carrier's word on the whole shipment, kept as a checkpoint that is never shown.
Checkpoint kept_summary(const Report& report, int source, Heard heard);

// Gives true when it says something else than before. A note stays a note.
bool set_verdict(Checkpoint& checkpoint, const Verdict& verdict);
// Sets the offset that time and place decide together, where they do.
void derive_offset(Checkpoint& checkpoint);

// Lower case, without white space and punctuation; other scripts as they are. Equal folds are the
// same words.
std::string folded(std::string_view words);
bool same_words(std::string_view a, std::string_view b);

// Equal for the same event (and, rarely, for others).
std::uint64_t event_hash(const Checkpoint& checkpoint);
bool is_same_event(const Checkpoint& a, const Checkpoint& b);

// Joins two versions of the same event: the later heard counts, the greater of two heard at once.
// Gives true when `into` says something else than before.
bool join(Checkpoint& into, const Checkpoint& other);

// A total order on what a checkpoint says, for ties.
bool says_less(const Checkpoint& a, const Checkpoint& b);

}  // namespace journey

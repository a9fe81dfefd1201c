#include "shipments/ingest_batch.h"

#include <algorithm>

#include "base/log.h"
#include "shipments/packed_events.h"

namespace shipments {
namespace {

// Each is somebody else's success; who loses so often works with the row held.
constexpr int kTries = 3;

News news_of(const Head& now, const Head& before) {
  return now.status != before.status || now.substatus != before.substatus ? News::Status
                                                                          : News::Events;
}

std::optional<News> news_of_estimate(const std::string& before, const std::string& after) {
  if (before == after) return std::nullopt;
  if (before.empty()) return News::EstimateSet;
  return after < before ? News::EstimateSooner : News::EstimateLater;
}

bool by_shipment(const Pending& a, const Pending& b) {
  return std::tie(a.update->account_id, a.update->id) <
         std::tie(b.update->account_id, b.update->id);
}

bool is_same_shipment(const Pending& a, const Pending& b) {
  return a.update->account_id == b.update->account_id && a.update->id == b.update->id;
}

}  // namespace

IngestBatch::IngestBatch(const IngestTools& tools, std::vector<Pending> pending)
    : tools_(tools), now_(tools.ledger.clock().now()) {
  // In the order of the key: neighbours lie in one page, and two processes never wait for each
  // other crosswise.
  std::ranges::stable_sort(pending, by_shipment);
  for (const auto& one : pending) {
    if (parts_.empty() || !is_same_shipment(parts_.back().pending.front(), one)) {
      parts_.emplace_back();
    }
    parts_.back().pending.push_back(one);
  }
}

void IngestBatch::run() {
  for (int tries = 0; tries < kTries; ++tries) {
    read();
    prefetch();
    for (auto& part : parts_) {
      if (!part.is_settled) decide(part);
    }
    write();
    accesses_.clear();
    std::erase_if(parts_, [](const Part& part) { return part.is_settled; });
    if (parts_.empty()) return;
  }
  insist();
}

// Two who keep step with each other could take turns at winning for ever, or not take turns. So
// here everything happens inside the writing closure, where nobody else can write.
void IngestBatch::insist() {
  for (auto& part : parts_) {
    const auto& update = *part.pending.front().update;
    tools_.database.write_now([&](store::Tx& tx) {
      part.is_settled = false;  // it may run again
      part.row =
          tools_.repository.find_row(tx, update.account_id, update.id, Repository::For::Rewriting);
      decide(part);
      if (!part.is_settled && !write_part(tx, part)) {
        throw store::StoreError("a shipment that was held has been changed");
      }
      for (auto& [account, access] : accesses_) access.record(tx);
    });
    part.is_settled = true;
  }
}

void IngestBatch::read() {
  tools_.database.read_now([&](store::Tx& tx) {
    for (auto& part : parts_) {
      const auto& update = *part.pending.front().update;
      part.row = tools_.repository.find_row(tx, update.account_id, update.id);
    }
  });
}

void IngestBatch::prefetch() {
  std::map<std::int64_t, std::vector<personal::SubjectId>> subjects;
  for (const auto& part : parts_) {
    if (part.row && part.row->head.subject != 0) {
      subjects[part.row->head.account_id].push_back(part.row->head.subject);
    }
  }
  for (const auto& [account, wanted] : subjects) {
    tools_.repository.vault().prefetch(account, wanted);
  }
}

IngestBatch::TrackAccess& IngestBatch::access_of(std::int64_t account_id) {
  return accesses_.try_emplace(account_id, tools_.ledger, personal::Actor{}, account_id, "ingest")
      .first->second;
}

void IngestBatch::settle(Part& part, Ingested::Outcome outcome) {
  for (const auto& one : part.pending) one.result->outcome = outcome;
  part.is_settled = true;
}

// What is damaged in one row stays that row's trouble.
void IngestBatch::decide(Part& part) {
  if (!part.row) return settle(part, Ingested::Outcome::Gone);
  auto envelope = tools_.repository.unseal_envelope(*part.row);
  if (!envelope && envelope.error() == personal::VaultError::NoKey) {
    return settle(part, Ingested::Outcome::Gone);  // forgotten; the row goes in a moment
  }
  const auto& head = part.row->head;
  part.progress = Progress{head, {}, {}};
  if (envelope) part.envelope = std::move(envelope).value();
  auto& access = access_of(head.account_id);
  if (head.subject != 0) access.about(head.subject);
  // Restricted: kept as it is. What the carrier says meanwhile is asked for again afterwards.
  if (access.is_shut()) return settle(part, Ingested::Outcome::Unchanged);
  const auto journey = part.envelope.take<personal::field::Journey>();
  if (!envelope || !journey::decode(open(journey, access), part.progress.journey)) {
    base::log(base::Level::Error, "ingest.damaged",
              {{"account", head.account_id}, {"shipment", head.id.hex()}});
    return settle(part, Ingested::Outcome::Failed);
  }
  take_in(part, access);
}

void IngestBatch::take_in(Part& part, TrackAccess&) {
  auto& p = part.progress;
  for (const auto& one : part.pending) {
    if (one.update->heard_at != base::Instant{}) {
      *one.result = advance(p, *one.update);
      continue;
    }
    auto update = *one.update;
    update.heard_at = now_;
    *one.result = advance(p, update);
  }
  if (!p.has_changed) {
    part.is_settled = true;
    return;
  }
  p.head.updated_at = now_;
  p.head.last_event += static_cast<std::int64_t>(p.events.size());
  part.next.events = pack_events(part.row->events, p.events);
  part.next.learnt_at = p.events.empty() ? part.row->learnt_at : p.events.back().learnt_at;
  seal(part);
  part.next.head = std::move(p.head);
}

void IngestBatch::seal(Part& part) {
  auto& head = part.progress.head;
  auto& vault = tools_.repository.vault();
  part.next.sealed = part.row->sealed;
  part.answers.clear();
  if (!part.progress.has_changed_journey) return;
  if (head.subject == 0) {
    if (part.fresh == 0) part.fresh = vault.new_subject_now(head.account_id);
    head.subject = part.fresh;
  }
  auto label = part.envelope.take<personal::field::Journey>().label();
  // What became of a number that a mailbox gave comes from the mailbox, too.
  if (head.source == Source::Mailbox)
    label = join(label, personal::Label(personal::Source::Mailbox));
  for (const auto& one : part.pending) {
    const auto source =
        one.update->mouth == Mouth::Mailbox ? personal::Source::Mailbox : personal::Source::Carrier;
    label = join(label, personal::Label(source));
  }
  part.envelope.put(
      Sealed<personal::field::Journey>(journey::encode(part.progress.journey), label));
  try {
    part.next.sealed = tools_.repository.seal(head, part.envelope);
    keep_answers(part);
  } catch (const store::StoreError&) {
    // Forgotten between reading and sealing, or the key store is broken: reading again tells.
    if (head.subject == part.fresh) throw;
    settle(part, Ingested::Outcome::Gone);
  }
}

void IngestBatch::keep_answers(Part& part) {
  if (tools_.answers_kept <= std::chrono::hours(0)) return;
  const auto& head = part.progress.head;
  for (const auto& one : part.pending) {
    const auto& update = *one.update;
    if (update.raw.empty() || one.result->outcome != Ingested::Outcome::Changed) continue;
    const auto heard_at = update.heard_at == base::Instant{} ? now_ : update.heard_at;
    auto sealed =
        seal_answer(tools_.repository.vault(), head.subject,
                    {head.account_id, head.id, update.source, update.mouth, heard_at, update.raw});
    if (sealed) part.answers.push_back(std::move(*sealed));
  }
}

// In whole hours, rounded down: the index by age moves no entry while the hour lasts.
base::Instant IngestBatch::kept_until() const {
  const auto kept = std::min(tools_.answers_kept, std::chrono::hours(kAnswersKept));
  return std::chrono::floor<std::chrono::hours>(now_ + kept);
}

bool IngestBatch::write_part(store::Tx& tx, Part& part) {
  const auto& before = part.row->head;
  const auto& now = part.next.head;
  if (!Repository::advance(tx, part.next)) return false;
  const auto append = [&](News news) {
    append_outbox(tx, {before.account_id, before.id, before.version, news, before.status,
                       now.status, before.substatus, now.substatus, now.last_event, now_});
  };
  const auto news = news_of(now, before);
  if (news == News::Status || !part.progress.events.empty()) append(news);
  if (const auto estimate = news_of_estimate(before.estimate, now.estimate)) append(*estimate);
  for (const auto& answer : part.answers) keep_answer(tx, answer, kept_until());
  return true;
}

void IngestBatch::write() {
  std::vector<Part*> due;
  for (auto& part : parts_) {
    if (!part.is_settled) due.push_back(&part);
  }
  if (due.empty()) return;
  std::vector<bool> is_written;
  tools_.database.write_now([&](store::Tx& tx) {
    is_written.assign(due.size(), false);
    for (std::size_t i = 0; i < due.size(); ++i) is_written[i] = write_part(tx, *due[i]);
    for (auto& [account, access] : accesses_) access.record(tx);
  });
  for (std::size_t i = 0; i < due.size(); ++i) {
    if (!is_written[i]) continue;
    due[i]->is_settled = true;
    due[i]->fresh = 0;
  }
}

}  // namespace shipments

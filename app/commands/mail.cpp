#include "app/mail.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/id.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "channels/email/address.h"
#include "channels/email/catcher_page.h"
#include "channels/email/judgement.h"
#include "crypto/key.h"
#include "http/server.h"

namespace app {
namespace {

namespace email = channels::email;

struct TestOptions {
  std::string to;
  std::string text, html;  // files, for whoever wants to try a message of their own
  std::string subject = "Milepost can send mail";
  std::string thread, unsubscribe, key, picture, attachment;
  bool is_printed = false;
};

struct KeyOptions {
  std::string file;
  bool is_ed25519 = false;
};

struct CatchOptions {
  std::uint16_t port = 1025;
  std::uint16_t web = 8025;
};

// The settings, or nothing when their mistakes were told.
std::optional<MailSettings> settings_or_complaints(const Config& config) {
  std::vector<Mistake> mistakes;
  auto settings = mail_settings(config, mistakes);
  for (const auto& mistake : mistakes) complain(describe(mistake));
  if (!mistakes.empty()) return std::nullopt;
  return settings;
}

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

constexpr std::string_view kText =
    "Hello,\n\nthis is Milepost's test message. If you can read it, the relay took it and your\n"
    "mailbox let it in. Look at its source for \"Authentication-Results\": spf, dkim and\n"
    "dmarc should say \"pass\".\n\nNothing needs doing. – Milepost\n";
constexpr std::string_view kHtml =
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" "
    "content=\"light dark\"><title>Milepost</title></head><body style=\"margin:0;padding:24px;"
    "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif\"><h1 "
    "style=\"font-size:22px;margin:0 0 12px\">It arrived.</h1><p style=\"margin:0 0 12px\">This is "
    "Milepost’s test message: the relay took it and your mailbox let it in.</p><p "
    "style=\"margin:0 0 12px\">Look at its source for <code>Authentication-Results</code>: spf, "
    "dkim and dmarc should say <b>pass</b>.</p><p style=\"margin:0\">Nothing needs doing.</p>"
    "</body></html>\n";

email::Email test_message(const MailSettings& settings, const TestOptions& options) {
  email::Email out;
  out.from = settings.from;
  out.reply_to = settings.reply_to;
  out.to = parse_mailbox(options.to).value_or(email::Mailbox{"", options.to});
  out.subject = options.subject;
  out.text = options.text.empty() ? std::string(kText) : file_text(options.text);
  out.html = !options.html.empty()  ? file_text(options.html)
             : options.text.empty() ? std::string(kHtml)
                                    : std::string();
  out.language = "en";
  out.date = base::SystemClock().now();
  // Each try is a message of its own.
  out.key = options.key.empty() ? base::Id::make(out.date).hex() : options.key;
  out.thread = options.thread;
  out.unsubscribe_url = options.unsubscribe;
  if (!options.picture.empty())
    out.parts.push_back(
        {"image/png", file_text(options.picture), "picture.png", "picture@milepost"});
  if (!options.attachment.empty())
    out.parts.push_back(
        {"application/octet-stream", file_text(options.attachment), "attachment.bin", ""});
  return out;
}

std::string stage_text(const http::MailResult& result) {
  using Stage = http::MailResult::Stage;
  switch (result.stage) {
    case Stage::Connect:
      return "no connection";
    case Stage::Tls:
      return "no trusted TLS";
    case Stage::Hello:
      return "it greets and breaks off";
    case Stage::Auth:
      return "it does not let us in";
    case Stage::Sender:
      return "it does not take the sender";
    case Stage::Recipient:
      return "it does not take the recipient";
    case Stage::Data:
      return "it does not take the message";
    case Stage::Unanswered:
      return "it went silent at the end: the message may have been taken";
    case Stage::Done:
      return "it took the message";
  }
  return {};
}

void tell(const email::Relay& relay, const http::MailResult& result, bool as_json) {
  const auto judged = email::judge(result).outcome;
  if (as_json) {
    base::JsonWriter json;
    json.begin_object().key("relay").value(relay.name()).key("accepted").value(result.is_done());
    json.key("stage").value(name(result.stage)).key("code").value(judged.code);
    json.key("encrypted").value(result.is_encrypted).key("words").value(result.words).end_object();
    print_line(json.text());
    return;
  }
  const auto said = fmt::format("{} ({})", stage_text(result), judged.code);
  print_line("");
  print_line(result.is_done() ? green("  " + said) : red("  " + said));
  if (!result.is_done() && !result.words.empty()) print_line("  " + result.words);
  if (!result.is_encrypted) print_line(yellow("  The connection was not encrypted."));
}

// Every relay by itself, so that a spare one is known to work before it is needed.
int try_relays(const MailSettings& settings, const TestOptions& options, bool as_json) {
  const auto message = email::build(test_message(settings, options));
  if (!message) {
    complain(std::string(describe(message.error())));
    return kUsage;
  }
  const auto bytes =
      email::sign_all(settings.mailer.dkim, message->bytes, base::SystemClock().now());
  if (options.is_printed) {
    print(bytes);
    return kOk;
  }
  const auto to = email::parse_address(parse_mailbox(options.to)->address)->text();
  int failed = 0;
  for (auto relay : settings.mailer.relays) {
    if (!as_json) print_line(bold("\n" + relay.name()));
    if (!relay.secret_file.empty()) {
      const auto text = file_text(relay.secret_file);
      relay.server.secret = base::trim(std::string_view(text).substr(0, text.find('\n')));
    }
    http::MailDelivery delivery;
    const auto from = email::parse_address(settings.from.address)->text();
    delivery.from = from;
    delivery.to = to;
    delivery.bytes = bytes;
    delivery.needs_utf8 = message->needs_utf8;
    if (!as_json) {
      delivery.listen = [](char side, std::string_view said) {
        print_line((side == '>' ? "  " + dim("we ") : "  " + dim("it ")) + std::string(said));
      };
    }
    const auto result = http::MailSession(relay.server).send(delivery);
    tell(relay, result, as_json);
    if (!result.is_done()) ++failed;
  }
  return failed == 0 ? kOk : kFailed;
}

int test(const CommandLine& line, const TestOptions& options) {
  const auto config = line.config();
  const auto settings = settings_or_complaints(config);
  if (!settings) return kUsage;
  if (settings->from.address.empty() || (settings->mailer.relays.empty() && !options.is_printed)) {
    complain("[mail] relays and from are not set; see: milepost config example");
    return kUsage;
  }
  if (!parse_mailbox(options.to)) {
    complain("--to must be an e-mail address");
    return kUsage;
  }
  return try_relays(*settings, options, line.json);
}

// A TXT record's text in pieces of at most 255 (RFC 1035 3.3.14), as zone files want it.
std::string quoted_pieces(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 255) {
    if (i > 0) out += ' ';
    out += '"' + std::string(text.substr(i, 255)) + '"';
  }
  return out;
}

int dns(const CommandLine& line) {
  const auto config = line.config();
  const auto settings = settings_or_complaints(config);
  if (!settings) return kUsage;
  const auto records = dns_records(*settings);
  if (records.empty()) {
    complain("[mail] from is not set: whose domain is it about?");
    return kUsage;
  }
  for (const auto& record : records) {
    if (line.json) {
      base::JsonWriter json;
      json.begin_object().key("name").value(record.name).key("type").value(record.type);
      json.key("value").value(record.value).key("why").value(record.why).end_object();
      print_line(json.text());
      continue;
    }
    print_line(dim("; " + record.why));
    print_line(fmt::format("{}. IN {} {}\n", record.name, record.type,
                           record.type == "TXT" ? quoted_pieces(record.value) : record.value));
  }
  if (settings->mailer.dkim.empty() && !line.json)
    complain("there is no DKIM key yet: milepost mail key FILE, then [mail] dkim_key = FILE");
  return kOk;
}

int make_key(const KeyOptions& options) {
  const int file = ::open(options.file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    complain(fmt::format("{}: {}", options.file, std::strerror(errno)));
    return kFailed;
  }
  const auto pem = crypto::PrivateKey::generate(options.is_ed25519 ? crypto::KeyKind::Ed25519
                                                                   : crypto::KeyKind::Rsa)
                       .pem();
  const bool is_written = ::write(file, pem.data(), pem.size()) == static_cast<ssize_t>(pem.size());
  ::close(file);
  if (!is_written) {
    complain(options.file + " could not be written");
    return kFailed;
  }
  print_line(fmt::format("{}: made. Set [mail] {} to it, then: milepost mail dns", options.file,
                         options.is_ed25519 ? "dkim_ed25519_key" : "dkim_key"));
  return kOk;
}

int catch_mail(const CatchOptions& options) {
  // Before any thread is made, so that all of them leave the signals to this one.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  email::Catcher::Options catching;
  catching.port = options.port;
  const email::Catcher catcher(catching);
  http::Router router;
  email::add_catcher_routes(router, catcher);
  http::ServerOptions serving;
  serving.port = options.web;
  serving.threads = 1;
  serving.access_log = false;
  http::Server server(serving, std::move(router));
  server.start();
  print_line(
      fmt::format("  Mail to   {}\n  Look at   http://localhost:{}{}\n\n  Ctrl-C ends it, and "
                  "what was caught is gone with it.",
                  catcher.url(), server.port(), email::kCatcherPath));
  std::fflush(stdout);
  int signal = 0;
  ::sigwait(&signals, &signal);
  server.stop(std::chrono::seconds(2));
  return kOk;
}

void add_test(CLI::App& mail, CommandLine& line) {
  auto* command =
      mail.add_subcommand("test", "Send a message over each relay, and show what is said");
  auto options = std::make_shared<TestOptions>();
  command->add_option("--to", options->to, "Whom to write to")->required()->type_name("ADDRESS");
  command->add_flag("--print", options->is_printed, "Print the signed message; send nothing");
  command->add_option("--subject", options->subject, "Another subject")->type_name("TEXT");
  command->add_option("--text", options->text, "The text of this file instead")->type_name("FILE");
  command->add_option("--html", options->html, "The HTML of this file beside it")
      ->type_name("FILE");
  // For tests of the message's form.
  command->add_option("--thread", options->thread)->group("");
  command->add_option("--unsubscribe", options->unsubscribe)->group("");
  command->add_option("--key", options->key)->group("");
  command->add_option("--picture", options->picture)->group("");
  command->add_option("--attachment", options->attachment)->group("");
  command->footer(
      "  milepost mail test --to me@example.com\n\n"
      "Every relay is tried by itself, the spare ones too. Exit code 1 when one of them fails.");
  command->callback(
      [&line, options] { line.run = [&line, options] { return test(line, *options); }; });
}

void add_catch(CLI::App& mail, CommandLine& line) {
  auto* command =
      mail.add_subcommand("catch", "A mail server that delivers nothing and shows everything");
  auto options = std::make_shared<CatchOptions>();
  command->add_option("--port", options->port, "Port for mail on 127.0.0.1; 0: any")
      ->capture_default_str();
  command->add_option("--web", options->web, "Port for looking at it; 0: any")
      ->capture_default_str();
  command->footer(
      "  milepost mail catch\n"
      "  MILEPOST_MAIL_RELAYS=smtp://127.0.0.1:1025 MILEPOST_MAIL_FROM=a@shop.example milepost "
      "serve");
  command->callback([&line, options] { line.run = [options] { return catch_mail(*options); }; });
}

}  // namespace

void add_mail(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("mail", "Try the mail relays; DNS records; catch mail");
  command->require_subcommand(1);
  add_test(*command, line);
  command->add_subcommand("dns", "The records that the sender's domain needs: SPF, DKIM, DMARC")
      ->callback([&line] { line.run = [&line] { return dns(line); }; });
  auto* key = command->add_subcommand("key", "Make a key for DKIM in a file of mode 0600");
  auto options = std::make_shared<KeyOptions>();
  key->add_option("FILE", options->file, "Must not exist yet")->required();
  key->add_flag("--ed25519", options->is_ed25519, "Ed25519 in place of RSA: beside it, not alone");
  key->callback([&line, options] { line.run = [options] { return make_key(*options); }; });
  add_catch(*command, line);
}

}  // namespace app

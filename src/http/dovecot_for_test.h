// For tests: a real Dovecot in a temporary folder, on a free port of this machine, with mailboxes
// that are Maildir folders. It lets a password in, and a token that its token server (an address of
// ours) says is good. Nothing is there when the package dovecot-imapd is not.
#pragma once
#include <fmt/format.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace http::testing {

class Dovecot {
  class Folder {
   public:
    Folder() {
      auto pattern = (std::filesystem::temp_directory_path() / "milepost_dovecot_XXXXXX").string();
      if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
      path_ = pattern;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string file(std::string_view name) const { return (path_ / name).string(); }
    std::string path() const { return path_.string(); }

   private:
    std::filesystem::path path_;
  };

 public:
  static constexpr const char* kProgram = "/usr/sbin/dovecot";
  static bool is_here() { return ::access(kProgram, X_OK) == 0; }

  // `introspect`: where it asks about tokens (RFC 7662); empty: passwords only.
  explicit Dovecot(const std::string& introspect = {}) : port_(free_port()) {
    std::filesystem::create_directories(folder_.file("mail"));
    write("dovecot.conf", configuration(introspect));
    if (!introspect.empty())
      write("oauth2.conf", fmt::format("introspection_mode = post\nintrospection_url = {}\n"
                                       "username_attribute = email\nactive_attribute = active\n"
                                       "active_value = true\n",
                                       introspect));
    // Dovecot's own processes run as whoever runs the test, or as nobody when that is root.
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
    if (::geteuid() == 0) give_to_nobody(folder_.file("mail"));
    start();
  }
  ~Dovecot() {
    // All of them, at once: it would take a second to say goodbye.
    ::kill(-process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Dovecot(const Dovecot&) = delete;
  Dovecot& operator=(const Dovecot&) = delete;

  std::uint16_t port() const { return static_cast<std::uint16_t>(port_); }
  std::string server() const { return fmt::format("127.0.0.1:{}", port_); }
  static constexpr std::string_view kPassword = "a-password-of-its-own";

  // Into the mailbox of this user, as if it had come now.
  void deliver(const std::string& user, const std::string& message) {
    const auto box = folder_.file("mail") + "/" + user + "/Maildir";
    for (const auto* part : {"/new", "/cur", "/tmp"})
      std::filesystem::create_directories(box + part);
    std::ofstream out(
        fmt::format("{}/new/{}.M{}.test", box, 1'700'000'000 + delivered_, delivered_),
        std::ios::binary);
    ++delivered_;
    out << message;
    out.close();
    if (::geteuid() == 0) give_to_nobody(folder_.file("mail"));
  }
  // The names of its messages' files, which hold their flags: ":2,S" has been seen.
  std::vector<std::string> files(const std::string& user) const {
    std::vector<std::string> names;
    const auto box = folder_.file("mail") + "/" + user + "/Maildir";
    for (const auto* part : {"/new", "/cur"}) {
      for (const auto& entry : std::filesystem::directory_iterator(box + part))
        names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }
  // As a server does whose index was lost: all numbers are new.
  void renumber(const std::string& user) {
    const auto box = folder_.file("mail") + "/" + user + "/Maildir";
    for (const auto& entry : std::filesystem::directory_iterator(box)) {
      if (entry.path().filename().string().starts_with("dovecot"))
        std::filesystem::remove(entry.path());
    }
    std::ofstream(box + "/dovecot-uidlist") << "3 V1234567 N1 G0123456789abcdef0123456789abcdef\n";
    if (::geteuid() == 0) give_to_nobody(folder_.file("mail"));
  }

 private:
  static int free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(socket);
    return ntohs(address.sin_port);
  }
  static std::string user_name() {
    const auto* who = ::geteuid() == 0 ? "nobody" : nullptr;
    if (who != nullptr) return who;
    const auto* entry = ::getpwuid(::geteuid());
    return entry == nullptr ? "nobody" : entry->pw_name;
  }
  static void give_to_nobody(const std::string& path) {
    const auto* nobody = ::getpwnam("nobody");
    if (nobody == nullptr) return;
    ::chown(path.c_str(), nobody->pw_uid, nobody->pw_gid);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
      ::chown(entry.path().c_str(), nobody->pw_uid, nobody->pw_gid);
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.file(name)) << text;
  }
  std::string configuration(const std::string& introspect) const {
    const auto user = user_name();
    const auto* entry = ::getpwnam(user.c_str());
    const auto group = fmt::format("{}", entry == nullptr ? 0 : entry->pw_gid);
    const auto folder = folder_.path();
    // The package's own users, where there is a choice.
    const bool is_root = ::geteuid() == 0;
    const auto* its_group = entry == nullptr ? nullptr : ::getgrgid(entry->pw_gid);
    const std::string group_name = its_group == nullptr ? group : its_group->gr_name;
    std::string text =
        fmt::format(R"(
base_dir = {0}/run
state_dir = {0}/state
log_path = {0}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
default_internal_user = {7}
default_login_user = {5}
default_internal_group = {6}
mail_location = maildir:{0}/mail/%u/Maildir
first_valid_uid = 1
first_valid_gid = 0
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {3}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={{PLAIN}}{4}
}}
userdb {{
  driver = static
  args = uid={1} gid={2} home={0}/mail/%u
}}
)",
                    folder, user, group, port_, kPassword, is_root ? "dovenull" : user,
                    is_root ? "dovecot" : group_name, is_root ? "dovecot" : user);
    if (!introspect.empty())
      text += fmt::format(
          "passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = "
          "{}/oauth2.conf\n}}\n",
          folder);
    return text;
  }
  void start() {
    const auto configuration_file = folder_.file("dovecot.conf");
    process_ = ::fork();
    if (process_ == 0) {
      ::setpgid(0, 0);
      ::execl(kProgram, "dovecot", "-F", "-c", configuration_file.c_str(), nullptr);
      ::_exit(127);
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    ::setpgid(process_, process_);
    while (!answers()) {
      if (std::chrono::steady_clock::now() > until || ::waitpid(process_, nullptr, WNOHANG) != 0) {
        std::ifstream log(folder_.file("log"));
        throw std::runtime_error("Dovecot does not start: " +
                                 std::string(std::istreambuf_iterator<char>(log), {}));
      }
      std::this_thread::yield();
    }
  }
  bool answers() const {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    const bool is =
        ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return is;
  }

  Folder folder_;
  const int port_;
  int delivered_ = 0;
  pid_t process_ = -1;
};

}  // namespace http::testing

#include "http/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>

#include "http/certificate.h"
#include "http/certificate_for_test.h"
#include "http/raw_client.h"

namespace http {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, int greatest_version = TLS1_3_VERSION,
                     const std::string& protocols = "")
      : raw_(port), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    SSL_CTX_set_security_level(context_.get(), 0);  // so that TLS 1.1 can be offered at all
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), greatest_version);
    if (!protocols.empty())
      SSL_CTX_set_alpn_protos(context_.get(),
                              reinterpret_cast<const unsigned char*>(protocols.data()),
                              static_cast<unsigned>(protocols.size()));
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), raw_.descriptor());
    is_open_ = SSL_connect(ssl_.get()) == 1;
  }

  bool is_open() const { return is_open_; }
  std::string version() const { return SSL_get_version(ssl_.get()); }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  std::string server_name() const {
    const Certificate peer(SSL_get1_peer_certificate(ssl_.get()), X509_free);
    char name[64] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, name, sizeof name);
    return name;
  }
  bool send(std::string_view bytes) {
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  // Until so many bytes of body came, or the end.
  std::string receive(std::size_t body) {
    std::string all;
    char piece[16384];
    for (;;) {
      const auto end = all.find("\r\n\r\n");
      if (end != std::string::npos && all.size() >= end + 4 + body) return all;
      const int got = SSL_read(ssl_.get(), piece, sizeof piece);
      if (got <= 0) return all;
      all.append(piece, static_cast<std::size_t>(got));
    }
  }
  bool is_closed_politely() {
    char byte = 0;
    const int got = SSL_read(ssl_.get(), &byte, 1);
    return got == 0 && SSL_get_error(ssl_.get(), got) == SSL_ERROR_ZERO_RETURN;
  }

 private:
  RawClient raw_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  Ssl ssl_;
  bool is_open_ = false;
};

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() {
    folder = std::filesystem::temp_directory_path() /
             ("milepost-tls-" + std::to_string(::getpid()) + "-" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder);
    options.certificate = folder / "certificate.pem";
    options.key = folder / "key.pem";
    options.access_log = false;
    options.threads = 1;
    write_pair(options.certificate, options.key, "first.example");
    router.add("GET", "/ping",
               [](Request) -> base::Task<Response> { co_return text(200, "pong"); });
    router.add("GET", "/large", [](Request) -> base::Task<Response> {
      co_return text(200, std::string(3'000'000, 'x'));
    });
    router.add("POST", "/size", [](Request request) -> base::Task<Response> {
      co_return text(200, std::to_string(request.body().size()));
    });
  }
  ~TlsTest() override {
    server.reset();
    std::filesystem::remove_all(folder);
  }
  void start() {
    server.emplace(options, std::move(router));
    server->start();
  }

  std::filesystem::path folder;
  ServerOptions options;
  Router router;
  std::optional<Server> server;
};

TEST_F(TlsTest, AnswersOverTls12And13AndNothingOlder) {
  start();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(server->port(), version);
    ASSERT_TRUE(client.is_open());
    for (int i = 0; i < 3; ++i) {
      client.send(get("/ping"));
      EXPECT_THAT(client.receive(4), HasSubstr("\r\n\r\npong")) << client.version();
    }
  }
  EXPECT_FALSE(TlsClient(server->port(), TLS1_1_VERSION).is_open());
}

TEST_F(TlsTest, TellsUntilWhenACertificateIsValid) {
  const auto end = certificate_ends(options.certificate);
  ASSERT_TRUE(end);
  const auto left = *end - base::SystemClock().now();
  EXPECT_GT(left, std::chrono::minutes(50));
  EXPECT_LE(left, std::chrono::minutes(60));
  EXPECT_FALSE(certificate_ends(options.key)) << "no certificate";
  EXPECT_FALSE(certificate_ends(options.certificate + ".gone"));
}

TEST_F(TlsTest, AgreesOnHttp11AndRefusesToSpeakAnythingElse) {
  start();
  TlsClient client(server->port(), TLS1_3_VERSION, "\x02h2\x08http/1.1");
  ASSERT_TRUE(client.is_open());
  EXPECT_EQ(client.protocol(), "http/1.1");
  EXPECT_FALSE(TlsClient(server->port(), TLS1_2_VERSION, "\x02h2").is_open());
}

TEST_F(TlsTest, SaysThatItIsToBeReachedByTlsOnlyWhereThatIsSo) {
  options.is_tls_only = true;
  start();
  TlsClient client(server->port());
  client.send("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.receive(1), HasSubstr("\r\nStrict-Transport-Security: max-age=31536000\r\n"))
      << "an answer that no handler made says it too";
}

TEST_F(TlsTest, CarriesLargeBodiesBothWays) {
  start();
  TlsClient client(server->port());
  client.send(get("/large"));
  const auto all = client.receive(3'000'000);
  EXPECT_EQ(all.size() - all.find("\r\n\r\n") - 4, 3'000'000U);
  client.send("POST /size HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n" +
              std::string(900'000, 'y'));
  EXPECT_THAT(client.receive(6), HasSubstr("\r\n\r\n900000"));
}

TEST_F(TlsTest, SaysGoodbye) {
  start();
  TlsClient client(server->port());
  client.send(get("/ping", "Connection: close\r\n"));
  EXPECT_THAT(client.receive(4), HasSubstr("pong"));
  EXPECT_TRUE(client.is_closed_politely());
  TlsClient refused(server->port());
  refused.send("nonsense\r\n\r\n");
  EXPECT_THAT(refused.receive(10), HasSubstr("HTTP/1.1 400 "));
}

TEST_F(TlsTest, TakesANewCertificateWithoutARestart) {
  start();
  TlsClient before(server->port());
  EXPECT_EQ(before.server_name(), "first.example");
  write_pair(options.certificate, options.key, "second.example");
  EXPECT_EQ(server->reload_certificate(), "");
  EXPECT_EQ(TlsClient(server->port()).server_name(), "second.example");
  before.send(get("/ping"));
  EXPECT_THAT(before.receive(4), HasSubstr("pong"));  // on the old one
}

TEST_F(TlsTest, KeepsTheOldPairWhenTheNewOneIsUnusable) {
  start();
  const std::string good_key = (folder / "good-key.pem").string();
  std::filesystem::copy(options.key, good_key);
  write_pair((folder / "unused.pem").string(), options.key, "other.example");
  EXPECT_THAT(server->reload_certificate(), HasSubstr("another certificate"));
  std::ofstream(options.key) << "not PEM";
  EXPECT_THAT(server->reload_certificate(), HasSubstr("is not readable"));
  std::filesystem::remove(options.certificate);
  EXPECT_THAT(server->reload_certificate(), HasSubstr("is not readable"));
  EXPECT_EQ(TlsClient(server->port()).server_name(), "first.example");
}

TEST_F(TlsTest, DoesNotStartWithoutItsFiles) {
  std::filesystem::remove(options.key);
  try {
    const Server broken(options, Router{});
    ADD_FAILURE() << "started";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("key.pem is not readable"));
  }
  options.certificate.clear();
  options.key.clear();
  Server plain(options, Router{});
  EXPECT_THAT(plain.reload_certificate(), HasSubstr("no certificate"));
}

TEST_F(TlsTest, OutlivesClientsThatDoNotSpeakTls) {
  options.header_timeout = milliseconds(50);
  start();
  RawClient plain(server->port());
  plain.send(get("/ping"));
  plain.read_to_end();
  RawClient silent(server->port());
  EXPECT_TRUE(silent.is_closed_by_server());
  { RawClient gone(server->port()); }
  EXPECT_TRUE(TlsClient(server->port()).is_open());
}

TEST_F(TlsTest, SurvivesAClientThatLeavesInTheMiddleOfAnAnswer) {
  start();
  for (int i = 0; i < 5; ++i) {
    TlsClient client(server->port());
    client.send(get("/large"));
    EXPECT_FALSE(client.receive(0).empty());
  }
  TlsClient client(server->port());
  client.send(get("/ping"));
  EXPECT_THAT(client.receive(4), HasSubstr("pong"));
}

}  // namespace
}  // namespace http

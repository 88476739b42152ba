// Trees on the servers that people run: nginx, Apache, lighttpd, Python, vsftpd, pyftpdlib, each started on a
// free port of the loopback with a private folder, and ended by its process group.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "engine/http/download.h"
#include "engine/http/url.h"
#include "engine/vo/download/download_journal.h"
#include "engine/vo/download/tree_download.h"
#include "engine/vo/download/tree_listing.h"
#include "tests/support/peer_process.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_support.h"

#define NEEDS(...)                                                                                           \
    if (const auto missing = test::missingPackages(__VA_ARGS__); !missing.empty()) GTEST_SKIP() << missing
#define NEEDS_ROOT()                                                                                         \
    if (::geteuid() != 0) GTEST_SKIP() << "this server starts as root only"

namespace balmer::vo {
namespace {

using core::ErrorCode;
namespace fs = std::filesystem;
using Files = std::map<std::string, std::string>; ///< relative path → content

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

std::uint16_t freePort() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t length = sizeof address;
    ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
    ::close(socket);
    return ntohs(address.sin_port);
}

bool accepts(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(port);
    const bool connected =
        ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return connected;
}

std::string bytesOf(std::size_t size, unsigned seed) {
    std::string bytes = "SIMPLE  =                    T";
    for (std::uint32_t i = seed; bytes.size() < size; i = i * 1664525 + 1013904223)
        bytes += static_cast<char>(i >> 24);
    bytes.resize(size);
    return bytes;
}

class PeersTest : public testing::Test {
  protected:
    static constexpr std::size_t bigSize = 3000000;

    PeersTest() {
        // Servers that give up being root must be able to read it.
        fs::permissions(folder_.path(), fs::perms(0755));
        unsigned seed = 1;
        for (const std::string name :
             {"README.txt", "2014/HD 46056/b.fits", "2014/hd34452/c.fits",
              "2014/"
              "a_very_long_file_name_that_nginx_and_apache_will_truncate_in_their_listings_0123456789.fits",
              "odd & names/Ond\xc5\x99"
              "ejov #1?.fits",
              "odd & names/100% + 1/%20%2F%.fits", "odd & names/+plus+ a;b=c@d!$'(),~.fits",
              "odd & names/[br]{ac}*ets|^`\".fits", "caf\xc3\xa9/\xe6\x98\x9f <1>.fits",
              "d#e/f?g/h%i/j.fits"})
            write(name, bytesOf(1000 * seed + 17, seed)), ++seed;
        write("empty.fits", "");
        write("2014/page.html", "<html>a page that belongs here</html>");
        write("big.fits", bytesOf(bigSize, 99));
        if (const auto real = test::realData() / "ondrejov"; fs::is_directory(real))
            for (const auto& entry : fs::directory_iterator(real))
                if (entry.is_regular_file() && entry.file_size() < 1000000)
                    write("ondrejov/" + entry.path().filename().string(),
                          core::readFile(entry.path()).value());
        fs::create_directories(tree() / "empty");
        fs::create_directory_symlink(".", tree() / "loop");
        fs::create_directory_symlink("..", tree() / "2014/up");
        fs::create_directory_symlink("../..", tree() / "2014/hd34452/upper");
        fs::create_symlink("README.txt", tree() / "link.fits");
    }

    fs::path tree() const { return folder_ / "tree"; }
    fs::path target() const { return folder_ / "target"; }

    void write(const std::string& name, const std::string& content) {
        const auto path = tree() / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << content;
        files_[name] = content;
    }
    fs::path config(const std::string& name, const std::string& text) {
        const auto path = folder_ / name;
        std::ofstream(path) << text;
        return path;
    }

    /// arguments are made with a port that was free a moment ago; another is tried where it no longer is.
    /// again: on the port of before.
    void start(const std::function<std::vector<std::string>(std::uint16_t port)>& arguments,
               bool again = false) {
        for (int attempt = 0; attempt < 3; ++attempt) {
            if (!again) port_ = freePort();
            server_ = std::make_unique<test::PeerProcess>(
                arguments(port_), std::map<std::string, std::string>{}, folder_ / "log");
            for (int i = 0; i < 3000 && server_->running(); ++i) {
                if (accepts(port_)) return;
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
            }
        }
        FAIL() << "the server does not start: " << server_->log();
    }
    void startNginx(const std::string& locations = "", const std::string& listen = "", bool again = false) {
        start(
            [&](std::uint16_t port) -> std::vector<std::string> {
                const auto path = config(
                    "nginx.conf",
                    "daemon off; pid " + (folder_ / "nginx.pid").string() + "; worker_processes 1;\n" +
                        (::geteuid() == 0 ? "user root;\n" : "") + "events { worker_connections 64; }\n" +
                        "http { access_log " + (folder_ / "access.log").string() +
                        ";\n types { application/fits fits; text/html html; text/plain txt; }\n" +
                        " client_body_temp_path " + (folder_ / "t1").string() + "; proxy_temp_path " +
                        (folder_ / "t2").string() + "; fastcgi_temp_path " + (folder_ / "t3").string() +
                        "; uwsgi_temp_path " + (folder_ / "t4").string() + "; scgi_temp_path " +
                        (folder_ / "t5").string() + ";\n default_type application/octet-stream;\n" +
                        " server { listen 127.0.0.1:" + std::to_string(port) + listen + "; root " +
                        tree().string() + "; autoindex on; charset utf-8;\n" + locations + " } }\n");
                return {"/usr/sbin/nginx", "-e", (folder_ / "error.log").string(), "-c", path.string()};
            },
            again);
    }
    void startVsftpd(const std::string& more = "") {
        fs::create_directories(folder_ / "chroot");
        start([&](std::uint16_t port) -> std::vector<std::string> {
            const auto path =
                config("vsftpd.conf",
                       "listen=YES\nlisten_address=127.0.0.1\nlisten_port=" + std::to_string(port) +
                           "\nbackground=NO\nanonymous_enable=YES\nlocal_enable=NO\n"
                           "write_enable=NO\nno_anon_password=YES\nseccomp_sandbox=NO\n"
                           "secure_chroot_dir=" +
                           (folder_ / "chroot").string() + "\nanon_root=" + tree().string() + "\n" + more);
            return {"/usr/sbin/vsftpd", path.string()};
        });
    }
    std::string url(const std::string& path = "/", const std::string& scheme = "http") const {
        return scheme + "://127.0.0.1:" + std::to_string(port_) + path;
    }
    /// nginx writes its log after it has answered.
    void expectInLog(const std::string& text, std::size_t times) const {
        std::string log;
        std::size_t found = 0;
        for (int i = 0; i < 3000 && found < times; ++i) {
            log = core::readFile(folder_ / "access.log").value_or("");
            found = 0;
            for (std::size_t at = 0; (at = log.find(text, at)) != std::string::npos; ++at)
                ++found;
            if (found < times) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        EXPECT_EQ(found, times) << log;
    }

    /// All files of the target but the journal.
    Files onDisk() const {
        Files files;
        for (const auto& entry : fs::recursive_directory_iterator(target()))
            if (entry.is_regular_file() && entry.path().filename() != journalName)
                files[fs::relative(entry.path(), target()).string()] =
                    core::readFile(entry.path()).value_or("unreadable");
        return files;
    }

    /// Lists, fetches and compares; then fetches once more and wants nothing to be asked for.
    void expectWholeTree(const std::string& at, Files expected, const std::string& user = "",
                         const std::string& password = "") {
        const auto listing = listTree(client_, {.url = at, .user = user, .password = password}, task_);
        ASSERT_TRUE(listing) << test::why(listing);
        EXPECT_FALSE(listing->cut);
        std::uint64_t bytes = 0;
        for (const auto& [name, content] : expected)
            bytes += content.size();
        EXPECT_EQ(listing->files.size(), expected.size());
        EXPECT_EQ(listing->unsized, 0u);
        EXPECT_NEAR(static_cast<double>(listing->bytes), static_cast<double>(bytes),
                    0.05 * static_cast<double>(bytes));
        std::size_t links = 0;
        for (const auto& skipped : listing->skipped) {
            const bool told = skipped.why.find("a loop") != std::string::npos ||
                              skipped.why.find("a symbolic link") != std::string::npos;
            EXPECT_TRUE(told) << skipped.url << ": " << skipped.why;
            ++links;
        }
        EXPECT_GE(links, 3u);

        TreeDownloadOptions options{.user = user, .password = password};
        const auto report = downloadTree(client_, *listing, target(), options, task_);
        ASSERT_TRUE(report) << test::why(report);
        for (const auto& outcome : report->files)
            EXPECT_EQ(outcome.why, "") << outcome.file.url;
        EXPECT_EQ(report->fetched, expected.size());
        EXPECT_EQ(report->bytesFetched, bytes);
        const auto arrived = onDisk();
        for (const auto& [name, content] : expected)
            EXPECT_TRUE(arrived.contains(name) && arrived.at(name) == content) << name;
        EXPECT_EQ(arrived.size(), expected.size());

        server_->kill(); // whoever asked it now would hear of it
        const auto again = downloadTree(client_, *listing, target(), options, task_);
        ASSERT_TRUE(again) << test::why(again);
        EXPECT_EQ(again->alreadyHere, expected.size());
        EXPECT_EQ(again->bytesFetched, 0u);
    }
    Files withLink() const {
        Files files = files_;
        files["link.fits"] = files["README.txt"];
        return files;
    }

    /// Fetches big.fits and stops when some of it is here; gives the size of what is.
    std::uint64_t fetchSome(const std::string& at) {
        std::stop_source stop;
        core::TaskContext task(stop.get_token(), [&](double fraction, std::string_view) {
            if (fraction > 0.05) stop.request_stop();
        });
        fs::create_directories(target());
        http::Request request;
        request.url = at;
        const auto stopped = http::download(client_, request, target() / "big.fits", {}, task);
        EXPECT_TRUE(!stopped && stopped.error().code() == ErrorCode::Cancelled) << test::why(stopped);
        EXPECT_FALSE(fs::exists(target() / "big.fits"));
        std::error_code ignored;
        const auto here = fs::file_size(target() / ("big.fits" + std::string(http::partEnding)), ignored);
        EXPECT_GT(here, 0u);
        EXPECT_LT(here, bigSize);
        return here;
    }
    void expectTheRest(const std::string& at, std::uint64_t here) {
        http::Request request;
        request.url = at;
        const auto rest = http::download(client_, request, target() / "big.fits", {}, task_);
        ASSERT_TRUE(rest) << test::why(rest);
        EXPECT_EQ(rest->bytesFetched, bigSize - here);
        EXPECT_TRUE(core::readFile(target() / "big.fits").value_or("") == files_["big.fits"]);
    }

    test::TemporaryFolder folder_;
    Files files_;
    std::uint16_t port_ = 0;
    std::unique_ptr<test::PeerProcess> server_;
    http::Client client_;
    core::TaskContext task_;
};

const std::vector<std::pair<fs::path, std::string>> nginx{{"/usr/sbin/nginx", "nginx-light"}};
const std::vector<std::pair<fs::path, std::string>> vsftpd{{"/usr/sbin/vsftpd", "vsftpd"}};

TEST_F(PeersTest, NginxTreeArrivesWhole) {
    NEEDS(nginx);
    ASSERT_NO_FATAL_FAILURE(startNginx());
    expectWholeTree(url(), withLink());
}

TEST_F(PeersTest, ApacheTreeArrivesWhole) {
    NEEDS({{"/usr/sbin/apache2", "apache2-bin"}, {"/etc/mime.types", "media-types"}});
    ASSERT_NO_FATAL_FAILURE(start([&](std::uint16_t port) -> std::vector<std::string> {
        const auto path =
            config("httpd.conf",
                   "ServerRoot /usr/lib/apache2\nPidFile " + (folder_ / "pid").string() +
                       "\nDefaultRuntimeDir " + folder_.path().string() + "\nErrorLog " +
                       (folder_ / "error.log").string() + "\nListen 127.0.0.1:" + std::to_string(port) +
                       "\nServerName 127.0.0.1\n"
                       "LoadModule mpm_event_module modules/mod_mpm_event.so\n"
                       "LoadModule authz_core_module modules/mod_authz_core.so\n"
                       "LoadModule dir_module modules/mod_dir.so\n"
                       "LoadModule autoindex_module modules/mod_autoindex.so\n"
                       "LoadModule mime_module modules/mod_mime.so\n"
                       "TypesConfig /etc/mime.types\n" +
                       (::geteuid() == 0 ? "User www-data\nGroup www-data\n" : "") + "CustomLog " +
                       (folder_ / "access.log").string() + " \"%r %>s\"\nDocumentRoot " + tree().string() +
                       "\n<Directory " + tree().string() +
                       ">\n Options Indexes FollowSymLinks\n"
                       " IndexOptions FancyIndexing HTMLTable NameWidth=30\n"
                       " Require all granted\n</Directory>\n");
        return {"/usr/sbin/apache2", "-X", "-f", path.string()};
    }));
    expectWholeTree(url(), withLink());
}

TEST_F(PeersTest, LighttpdTreeArrivesWhole) {
    NEEDS({{"/usr/sbin/lighttpd", "lighttpd"}});
    ASSERT_NO_FATAL_FAILURE(start([&](std::uint16_t port) -> std::vector<std::string> {
        const auto path =
            config("lighttpd.conf", "server.modules=(\"mod_dirlisting\")\n"
                                    "server.document-root=\"" +
                                        tree().string() + "\"\nserver.port=" + std::to_string(port) +
                                        "\nserver.bind=\"127.0.0.1\"\ndir-listing.activate=\"enable\"\n"
                                        "mimetype.assign=(\".fits\"=>\"application/fits\","
                                        "\"\"=>\"application/octet-stream\")\n");
        return {"/usr/sbin/lighttpd", "-D", "-f", path.string()};
    }));
    expectWholeTree(url(), withLink());
}

TEST_F(PeersTest, PythonTreeArrivesWhole) {
    NEEDS({{"/usr/bin/python3", "python3"}});
    ASSERT_NO_FATAL_FAILURE(start([&](std::uint16_t port) -> std::vector<std::string> {
        return {"/usr/bin/python3", "-m",        "http.server", std::to_string(port),
                "--bind",           "127.0.0.1", "--directory", tree().string()};
    }));
    expectWholeTree(url(), withLink());
}

TEST_F(PeersTest, VsftpdTreeArrivesWhole) {
    NEEDS(vsftpd);
    NEEDS_ROOT();
    ASSERT_NO_FATAL_FAILURE(startVsftpd());
    expectWholeTree(url("/", "ftp"), files_);
}

TEST_F(PeersTest, PyftpdlibTreeArrivesWholeForWhomItKnows) {
    NEEDS({{"/usr/lib/python3/dist-packages/pyftpdlib", "python3-pyftpdlib"}});
    ASSERT_NO_FATAL_FAILURE(start([&](std::uint16_t port) -> std::vector<std::string> {
        const auto path =
            config("ftpd.py", "import sys\n"
                              "from pyftpdlib.authorizers import DummyAuthorizer\n"
                              "from pyftpdlib.handlers import FTPHandler\n"
                              "from pyftpdlib.servers import FTPServer\n"
                              "a = DummyAuthorizer()\n"
                              "a.add_user('observer', 'pass w@rd', sys.argv[2], perm='elr')\n"
                              "FTPHandler.authorizer = a\n"
                              "FTPServer(('127.0.0.1', int(sys.argv[1])), FTPHandler).serve_forever()\n");
        return {"/usr/bin/python3", path.string(), std::to_string(port), tree().string()};
    }));
    const auto refused =
        listTree(client_, {.url = url("/", "ftp"), .user = "observer", .password = "wrong"}, task_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::InvalidArgument) << test::why(refused);
    const auto cut = listTree(
        client_,
        {.url = url("/2014/", "ftp"), .user = "observer", .password = "pass w@rd", .limits = {.files = 2}},
        task_);
    ASSERT_TRUE(cut) << test::why(cut);
    EXPECT_EQ(cut->files.size(), 2u) << "of four";
    EXPECT_TRUE(cut->cut);
    http::Request folder;
    folder.url = url("/2014/", "ftp");
    folder.user = "observer";
    folder.password = "pass w@rd";
    for (const std::size_t most : {1, 3, 100}) {
        const auto entries = client_.listFtpFolder(folder, most, task_);
        ASSERT_TRUE(entries) << test::why(entries);
        EXPECT_EQ(entries->size(), std::min<std::size_t>(most, 5));
    }
    expectWholeTree(url("/", "ftp"), files_, "observer", "pass w@rd");
}

// --------------------------------------------------------------------------------------------------------

TEST_F(PeersTest, NginxIsStoppedHalfWayAndServesTheRestLater) {
    NEEDS(nginx);
    ASSERT_NO_FATAL_FAILURE(startNginx("limit_rate 400k;"));
    const auto here = fetchSome(url("/big.fits"));
    server_->kill();
    ASSERT_NO_FATAL_FAILURE(startNginx("", "", true));
    expectTheRest(url("/big.fits"), here);
    expectInLog("\" 206 " + std::to_string(bigSize - here), 1);
}

TEST_F(PeersTest, VsftpdServesTheRestLaterUnlessTheFileHasChanged) {
    NEEDS(vsftpd);
    NEEDS_ROOT();
    ASSERT_NO_FATAL_FAILURE(startVsftpd("anon_max_rate=1500000\n"));
    const auto at = url("/big.fits", "ftp");
    expectTheRest(at, fetchSome(at));
    fs::remove(target() / "big.fits");
    fetchSome(at);
    write("big.fits", bytesOf(bigSize, 5));
    fs::last_write_time(tree() / "big.fits", fs::file_time_type::clock::now() - std::chrono::hours(5));
    expectTheRest(at, 0);
}

TEST_F(PeersTest, NginxIsAskedAgainAfter503AndIsNotTrustedWithRedirectsPagesAndLogins) {
    NEEDS(nginx);
    config("users", "observer:{PLAIN}pass w@rd\n");
    ASSERT_NO_FATAL_FAILURE(
        startNginx("location /busy/ { add_header Retry-After 0 always; return 503; }\n"
                   "location /long/ { add_header Retry-After 86400 always; return 503; }\n"
                   "location /away/ { return 302 file:///etc/passwd; }\n"
                   "location /moved/ { return 301 /2014/; }\n"
                   "location /html/ { default_type application/fits; return 200 '<!DOCTYPE html><html>Please "
                   "log in</html>'; }\n"
                   "location /private/ { alias " +
                   tree().string() + "/2014/; auth_basic x; auth_basic_user_file " +
                   (folder_ / "users").string() + "; }\n"));
    fs::create_directories(target());
    const auto fetch = [&](const std::string& path, const std::string& password = "") {
        http::Request request;
        request.url = url(path);
        if (!password.empty()) request.user = "observer";
        request.password = password;
        http::DownloadOptions options;
        options.retry = {.tries = 3, .first = std::chrono::milliseconds(1)};
        const auto result = http::download(client_, request, target() / "x.fits", options, task_);
        std::error_code ignored;
        EXPECT_EQ(result.has_value(), fs::remove(target() / "x.fits", ignored)) << path;
        EXPECT_TRUE(fs::is_empty(target())) << path;
        return result ? "fetched" : std::string(core::toString(result.error().code()));
    };
    EXPECT_EQ(fetch("/busy/x.fits"), "remote");
    expectInLog("GET /busy/x.fits", 3);
    EXPECT_EQ(fetch("/long/x.fits"), "remote");
    EXPECT_EQ(fetch("/away/x.fits"), "unsupported");
    EXPECT_EQ(fetch("/html/x.fits"), "format");
    EXPECT_EQ(fetch("/absent.fits"), "not-found");
    EXPECT_EQ(fetch("/private/hd34452/c.fits"), "invalid-argument");
    EXPECT_EQ(fetch("/private/hd34452/c.fits", "wrong"), "invalid-argument");
    EXPECT_EQ(fetch("/private/hd34452/c.fits", "pass w@rd"), "fetched");
    const auto moved = listTree(client_, {.url = url("/moved/")}, task_);
    ASSERT_TRUE(moved) << test::why(moved);
    EXPECT_EQ(moved->root, url("/2014/"));
}

TEST_F(PeersTest, VsftpdsBytesAreNotAppendedToThoseOfAnotherServer) {
    NEEDS(vsftpd);
    NEEDS_ROOT();
    ASSERT_NO_FATAL_FAILURE(startVsftpd());
    const auto address = url("/big.fits", "ftp");
    std::atomic<int> asked{0};
    const test::ScriptedServer server([&](const test::ScriptedServer::Peer& peer, const std::string&) {
        if (++asked > 1) return peer.answer("302 Found", "", "Location: " + address + "\r\n");
        peer.send("HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: " + std::to_string(bigSize) +
                  "\r\n\r\n" + std::string(100000, 'x'));
        return false;
    });
    fs::create_directories(target());
    http::Request request;
    request.url = server.url("/big.fits");
    http::DownloadOptions options;
    options.retry = {.tries = 3, .first = std::chrono::milliseconds(1)};
    const auto result = http::download(client_, request, target() / "big.fits", options, task_);
    ASSERT_TRUE(result) << test::why(result);
    EXPECT_TRUE(core::readFile(target() / "big.fits").value_or("") == files_["big.fits"]);
}

/// A certificate for 127.0.0.1, signed by itself.
class SecurePeersTest : public PeersTest {
  protected:
    void certify() {
        test::PeerProcess openssl({"/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                                   "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                                   "subjectAltName=IP:127.0.0.1", "-keyout", (folder_ / "key.pem").string(),
                                   "-out", (folder_ / "certificate.pem").string()},
                                  {}, folder_ / "openssl.log");
        while (openssl.running())
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        ASSERT_TRUE(fs::exists(folder_ / "certificate.pem")) << openssl.log();
    }
    void expectTrustedOnlyIfTold(const std::string& at) {
        const TreeRequest request{.url = at, .retry = {.tries = 1}};
        write("two/Ond\xc5\x99"
              "ejov #1?.fits",
              bytesOf(5000, 1));
        write("two/s/b.fits", bytesOf(70000, 2));
        const auto unknown = listTree(client_, request, task_);
        ASSERT_FALSE(unknown);
        EXPECT_EQ(unknown.error().code(), ErrorCode::InvalidArgument) << test::why(unknown);
        http::Client trusting({.trustedCertificates = folder_ / "certificate.pem"});
        const auto listing = listTree(trusting, request, task_);
        ASSERT_TRUE(listing) << test::why(listing);
        const auto report = downloadTree(trusting, *listing, target(), {}, task_);
        ASSERT_TRUE(report) << test::why(report);
        EXPECT_EQ(report->fetched, 2u);
        EXPECT_EQ(report->fetched, report->files.size());
    }
};

TEST_F(SecurePeersTest, NginxByHttps) {
    NEEDS(nginx);
    NEEDS({{"/usr/bin/openssl", "openssl"}});
    ASSERT_NO_FATAL_FAILURE(certify());
    ASSERT_NO_FATAL_FAILURE(startNginx("ssl_certificate " + (folder_ / "certificate.pem").string() +
                                           "; ssl_certificate_key " + (folder_ / "key.pem").string() + ";",
                                       " ssl"));
    expectTrustedOnlyIfTold(url("/two/", "https"));
}

TEST_F(SecurePeersTest, VsftpdByFtps) {
    NEEDS(vsftpd);
    NEEDS({{"/usr/bin/openssl", "openssl"}});
    NEEDS_ROOT();
    ASSERT_NO_FATAL_FAILURE(certify());
    ASSERT_NO_FATAL_FAILURE(startVsftpd("ssl_enable=YES\nimplicit_ssl=YES\nallow_anon_ssl=YES\n"
                                        "require_ssl_reuse=NO\nrsa_cert_file=" +
                                        (folder_ / "certificate.pem").string() +
                                        "\nrsa_private_key_file=" + (folder_ / "key.pem").string() + "\n"));
    expectTrustedOnlyIfTold(url("/two/", "ftps"));
}

} // namespace
} // namespace balmer::vo

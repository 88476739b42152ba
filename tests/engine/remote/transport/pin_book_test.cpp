// The book of pins: what was added is found after a restart, also when many write, and a damaged book trusts
// nobody.
#include "engine/remote/transport/pin_book.h"

#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "tests/support/test_support.h"

namespace balmer::remote {
namespace {

using core::ErrorCode;
using testing::HasSubstr;

std::string print(char digit) {
    return std::string(64, digit);
}

class PinBookTest : public testing::Test {
  protected:
    test::TemporaryFolder folder;
    std::filesystem::path file = folder / "pins";
    PinBook book{file};
};

TEST_F(PinBookTest, IsEmptyWhereThereIsNoFile) {
    EXPECT_TRUE(book.all().value().empty());
    EXPECT_FALSE(book.withFingerprint(print('a')).value());
    EXPECT_FALSE(book.remove("ann").value());
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(PinBookTest, FindsWhatWasAdded) {
    const Pin laptop{"ann's laptop", print('a')}, tower{"Ann \xE2\x80\x93 tower", print('b')};
    ASSERT_TRUE(book.add(laptop));
    ASSERT_TRUE(book.add(tower));
    const PinBook later(file);
    EXPECT_EQ(later.all().value(), (std::vector<Pin>{laptop, tower}));
    EXPECT_EQ(later.withFingerprint(print('b')).value(), tower);
    EXPECT_FALSE(later.withFingerprint(print('c')).value());
    EXPECT_FALSE(later.withFingerprint("").value());
}

TEST_F(PinBookTest, GivesACertificateOneNameAndANameSeveralCertificates) {
    ASSERT_TRUE(book.add({"ann", print('a')}));
    ASSERT_TRUE(book.add({"ann", print('b')}));
    ASSERT_TRUE(book.add({"bob", print('a')}));
    EXPECT_EQ(book.all().value(), (std::vector<Pin>{{"ann", print('b')}, {"bob", print('a')}}));
    ASSERT_TRUE(book.add({"ann", print('c')}));
    EXPECT_EQ(book.all().value().back(), (Pin{"ann", print('c')}));
    ASSERT_TRUE(book.replace({"ann", print('d')}));
    EXPECT_EQ(book.all().value(), (std::vector<Pin>{{"bob", print('a')}, {"ann", print('d')}}));
}

TEST_F(PinBookTest, ForgetsAName) {
    ASSERT_TRUE(book.add({"ann", print('a')}));
    ASSERT_TRUE(book.add({"bob", print('b')}));
    ASSERT_TRUE(book.add({"ann", print('c')}));
    EXPECT_TRUE(book.remove("ann").value());
    EXPECT_EQ(book.all().value(), (std::vector<Pin>{{"bob", print('b')}}));
    EXPECT_FALSE(book.remove("ann").value());
}

TEST_F(PinBookTest, TakesNoPinThatCouldNotBeReadAgain) {
    for (const Pin& pin : {Pin{"", print('a')}, Pin{"two\nlines", print('a')}, Pin{"tab\t", print('a')},
                           Pin{std::string(201, 'x'), print('a')}, Pin{"\xFF", print('a')}, Pin{"ann", ""},
                           Pin{"ann", print('A')}, Pin{"ann", print('a') + "a"}}) {
        EXPECT_EQ(book.add(pin).error().code(), ErrorCode::InvalidArgument);
        EXPECT_EQ(book.replace(pin).error().code(), ErrorCode::InvalidArgument);
    }
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(PinBookTest, ThatIsDamagedTrustsNobodyAndIsNotWrittenOver) {
    const auto good = print('a') + " ann\n";
    for (const std::string& bad : {print('b'), print('b') + " ", print('b') + "-bob", print('B') + " bob",
                                   std::string("x"), std::string(), print('b') + " bo\rb"}) {
        const auto content = good + bad + "\n" + good;
        std::ofstream(file) << content;
        EXPECT_EQ(book.withFingerprint(print('a')).error().code(), ErrorCode::Format);
        EXPECT_THAT(book.all().error().message(), HasSubstr("line 2"));
        EXPECT_FALSE(book.add({"eve", print('e')}));
        EXPECT_FALSE(book.remove("ann"));
        EXPECT_EQ(core::readFile(file).value(), content);
    }
}

TEST_F(PinBookTest, IsForItsOwnersEyesAndIgnoresWhatAKilledWriterLeft) {
    std::ofstream(file.string() + ".part") << "rubbish";
    ASSERT_TRUE(book.add({"ann", print('a')}));
    EXPECT_EQ(book.all().value().size(), 1u);
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(file).permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(PinBookTest, LosesNothingWhenManyWrite) {
    std::vector<std::thread> threads;
    for (int writer = 0; writer < 4; ++writer)
        threads.emplace_back([&, writer] {
            PinBook own(file);
            for (int i = 0; i < 10; ++i) {
                auto fingerprint = print('0');
                fingerprint[0] = static_cast<char>('0' + writer);
                fingerprint[1] = static_cast<char>('0' + i);
                EXPECT_TRUE(own.add({"writer " + std::to_string(writer), fingerprint}));
            }
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(book.all().value().size(), 40u);
}

} // namespace
} // namespace balmer::remote

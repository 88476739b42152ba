#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <functional>
#include <numeric>
#include <set>

#include <sys/resource.h>
#include <unistd.h>

#include "engine/core/amount_text.h"
#include "engine/core/clock.h"
#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/core/matrix.h"
#include "engine/core/random_stream.h"
#include "engine/core/start_thread.h"
#include "engine/core/task_context.h"
#include "engine/core/text_number.h"
#include "engine/core/thread_pool.h"
#include "engine/core/utf8.h"
#include "engine/core/words.h"
#include "tests/support/test_support.h"

using namespace balmer::core;

namespace {

Result<int> half(int n) {
    if (n % 2 != 0) return fail(ErrorCode::InvalidArgument, "odd");
    return n / 2;
}
Result<int> quarter(int n) {
    BALMER_TRY(const int once, half(n));
    BALMER_TRY(const int twice, half(once));
    return twice;
}

TEST(Result, TryBindsOrReturnsTheError) {
    EXPECT_EQ(quarter(12).value(), 3);
    ASSERT_FALSE(quarter(6));
    EXPECT_EQ(quarter(6).error().code(), ErrorCode::InvalidArgument);
}

TEST(Result, ErrorCodesSurviveTheirSpelling) {
    for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code)
        EXPECT_EQ(errorCodeFrom(toString(static_cast<ErrorCode>(code))), static_cast<ErrorCode>(code));
}

TEST(Result, ContextIsToldInnermostFirst) {
    Error error(ErrorCode::Format, "no data");
    error.during("reading HDU 2").during("importing a.fits");
    EXPECT_EQ(error.describe(), "no data (while reading HDU 2; while importing a.fits)");
}

TEST(AmountText, OneIsOneAndAllElseIsMany) {
    EXPECT_EQ(countText(1, "file"), "1 file");
    EXPECT_EQ(countText(0, "file"), "0 files");
    EXPECT_EQ(countText(2, "spectrum", "spectra"), "2 spectra");
    EXPECT_EQ(countText(1, "spectrum", "spectra"), "1 spectrum");
    EXPECT_EQ(bytesText(1), "1 byte");
}

TEST(AmountText, BytesAndDurationsHaveTheirUnits) {
    EXPECT_EQ(bytesText(812), "812 bytes");
    EXPECT_EQ(bytesText(1'500), "1.5 kB");
    EXPECT_EQ(bytesText(999'960), "1.0 MB");
    EXPECT_EQ(bytesText(34'500'000), "34.5 MB");
    EXPECT_EQ(bytesText(53'700'000'000), "53.7 GB");
    EXPECT_EQ(bytesText(2'000'000'000'000), "2.0 TB");
    EXPECT_EQ(durationText(0.34), "0.3 s");
    EXPECT_EQ(durationText(9.96), "10 s");
    EXPECT_EQ(durationText(185), "3 min 05 s");
    EXPECT_EQ(durationText(8'040), "2 h 14 min");
    EXPECT_EQ(durationText(-1), "");
}

TEST(TaskContext, ProgressNeverRunsBackwardsAndPartsMapIntoTheWhole) {
    std::vector<double> seen;
    TaskContext whole({}, [&](double fraction, std::string_view) { seen.push_back(fraction); });
    ASSERT_TRUE(whole.checkpoint(0.2, "a"));
    auto part = whole.part(0.5, 1.0);
    ASSERT_TRUE(part.checkpoint(0.5, "b"));
    ASSERT_TRUE(whole.checkpoint(0.1, "c"));
    EXPECT_EQ(seen, (std::vector<double>{0.2, 0.75, 0.75}));
}

TEST(TaskContext, StopsAtTheNextCheckpoint) {
    std::stop_source stop;
    TaskContext task(stop.get_token(), {});
    auto part = task.part(0, 0.5);
    EXPECT_TRUE(part.checkpoint(0, "x"));
    stop.request_stop();
    EXPECT_EQ(part.checkpoint(0, "x").error().code(), ErrorCode::Cancelled);
}

TEST(ThreadPool, DoesEachBlockOnceForEveryNumberOfThreads) {
    for (std::size_t threads : {1, 2, 5}) {
        ThreadPool pool(threads);
        for (int round = 0; round < 50; ++round) {
            std::vector<std::atomic<int>> done(97);
            pool.parallelFor(done.size(), [&](std::size_t block, std::size_t worker) {
                ASSERT_LT(worker, pool.threads());
                ++done[block];
            });
            for (auto& count : done)
                EXPECT_EQ(count, 1);
        }
    }
}

TEST(ThreadPool, PassesOnWhatABlockThrowsAndServesOn) {
    for (const std::size_t threads : {1, 4}) {
        ThreadPool pool(threads);
        for (const std::size_t bad : {0, 7, 96})
            EXPECT_THROW(pool.parallelFor(97,
                                          [&](std::size_t block, std::size_t) {
                                              if (block == bad) throw std::bad_alloc();
                                          }),
                         std::bad_alloc);
        std::atomic<int> done = 0;
        pool.parallelFor(97, [&](std::size_t, std::size_t) { ++done; });
        EXPECT_EQ(done, 97);
    }
}

TEST(AllAtOnce, DoesAllWhateverThreadsThereAre) {
    for (const std::size_t further : {0, 1, 3, 100}) {
        const FewThreads few(further);
        std::vector<std::atomic<int>> done(5);
        allAtOnce(done.size(), [&](std::size_t i) { ++done[i]; });
        for (const auto& each : done)
            EXPECT_EQ(each, 1) << further;
    }
    allAtOnce(0, [](std::size_t) { FAIL(); });
}

TEST(ThreadPool, TakesAsFewThreadsAsThereAre) {
    for (const std::size_t further : {0, 1, 2}) {
        const FewThreads few(further);
        EXPECT_EQ(ThreadPool(8).threads(), further + 1);
    }
    EXPECT_EQ(ThreadPool(3).threads(), 3u);
}

/// As a user who may have no further process or thread; the end of this process says what became of it.
[[noreturn]] void withoutThreads(const std::function<bool()>& work) {
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_NPROC, &none) != 0 || (::geteuid() == 0 && ::setuid(65534) != 0)) ::_exit(2);
    ::_exit(work() ? 0 : 1);
}

TEST(ThreadPool, TakesTheThreadsThatItGets) {
    EXPECT_EXIT(withoutThreads([] {
                    ThreadPool pool(8);
                    std::vector<int> done(100, 0);
                    pool.parallelFor(done.size(), [&](std::size_t block, std::size_t worker) {
                        done[block] += worker < pool.threads() ? 1 : 100;
                    });
                    const auto none = startThread([] {});
                    return pool.threads() == 1 && std::count(done.begin(), done.end(), 1) == 100 && !none &&
                           none.error().code() == ErrorCode::ResourceExhausted;
                }),
                testing::ExitedWithCode(0), "");
}

TEST(RandomStream, RepeatsForASeedAndDiffersBetweenStreams) {
    RandomStream a(7, 1), b(7, 1), c(7, 2);
    EXPECT_EQ(a.bits(), b.bits());
    EXPECT_NE(a.bits(), c.bits());
}

TEST(RandomStream, NeighbouringStreamsShareNoPart) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t stream = 0; stream < 50; ++stream) {
        RandomStream random(7, stream);
        for (int i = 0; i < 200; ++i)
            seen.insert(random.bits());
    }
    EXPECT_EQ(seen.size(), 50u * 200u);
}

TEST(RandomStream, NormalHasItsMoments) {
    RandomStream random(3);
    double sum = 0, squares = 0;
    constexpr int n = 100000;
    for (int i = 0; i < n; ++i) {
        const double x = random.normal();
        sum += x;
        squares += x * x;
    }
    EXPECT_NEAR(sum / n, 0, 0.02);
    EXPECT_NEAR(squares / n, 1, 0.02);
}

TEST(RandomStream, PermutationHoldsEveryNumberOnce) {
    const auto order = RandomStream(1).permutation(1000);
    EXPECT_EQ(std::set<std::size_t>(order.begin(), order.end()).size(), 1000u);
}

TEST(Digest, KnowsTheStandardsExample) {
    EXPECT_EQ(digestOf("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, OfAFileCanBeStoppedBetweenItsPieces) {
    balmer::test::TemporaryFolder folder;
    ASSERT_TRUE(writeFile(folder / "large", std::string(1'000'000, 'x')));
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(digestOfFile(folder / "large", stop.get_token()).error().code(), ErrorCode::Cancelled);
}

TEST(Clipped, KeepsWholeLetters) {
    EXPECT_EQ(clipped("Hα 6563", 3), "Hα");
    EXPECT_EQ(clipped("Hα 6563", 2), "H");
    EXPECT_EQ(clipped("Hα", 3), "Hα");
    EXPECT_EQ(clipped("α", 1), "");
    EXPECT_EQ(clipped("", 0), "");
}

TEST(Files, WritesWholeFilesAndReadsThemBack) {
    balmer::test::TemporaryFolder folder;
    const std::string content(300000, 'x');
    ASSERT_TRUE(writeFile(folder / "a", content));
    EXPECT_EQ(readFile(folder / "a").value(), content);
    EXPECT_EQ(digestOfFile(folder / "a").value(), digestOf(content));
    EXPECT_EQ(readFile(folder / "a", 10).error().code(), ErrorCode::ResourceExhausted);
    EXPECT_EQ(readFile(folder / "missing").error().code(), ErrorCode::NotFound);
    EXPECT_EQ(readFile(folder.path()).error().code(), ErrorCode::Io);
    EXPECT_FALSE(writeFile(folder / "no/such/folder", "x"));
}

TEST(TextNumber, ReadsWhatItWrites) {
    for (double value : {0.1, -1e300, 6564.614, 5e-324})
        EXPECT_EQ(parseDouble(formatDouble(value)), value);
    EXPECT_EQ(parseDouble(" +1.5 "), 1.5);
    EXPECT_TRUE(std::isnan(*parseDouble("NaN")));
    EXPECT_FALSE(parseDouble("1,5"));
    EXPECT_FALSE(parseDouble(""));
    EXPECT_FALSE(parseDouble("1.5x"));
    EXPECT_EQ(parseInteger("42"), 42);
    EXPECT_FALSE(parseInteger("4.2"));
    EXPECT_EQ(splitList("a, b,,c"), (std::vector<std::string>{"a", "b", "", "c"}));
}

TEST(TextNumber, ListsAreQuotedAsInCsv) {
    using List = std::vector<std::string>;
    EXPECT_EQ(splitQuoted("other,\"peak, double\""), (List{"other", "peak, double"}));
    EXPECT_EQ(splitQuoted(" \"a \"\"b\"\"\" , c d ,"), (List{"a \"b\"", "c d", ""}));
    EXPECT_EQ(splitQuoted("5\" dish,x"), (List{"5\" dish", "x"})) << "a mark inside a word is a mark";
    EXPECT_EQ(splitQuoted(""), List{});
    EXPECT_EQ(splitQuoted("\"\""), List{""});
    EXPECT_FALSE(splitQuoted("\"a"));
    EXPECT_FALSE(splitQuoted("\"a\"b"));
    for (const auto& list : {List{"a", "b, c", "say \"x\"", " edge ", ""}, List{""}, List{"α β"}, List{}})
        EXPECT_EQ(splitQuoted(joinQuoted(list)), list) << joinQuoted(list);
}

enum class Shape { Round, Square };

TEST(Words, OneTableWritesReadsAndOffers) {
    constexpr Words<Shape, 3> shapes{
        {{Shape::Round, "round"}, {Shape::Square, "square"}, {Shape::Square, "box"}}};
    EXPECT_EQ(wordFor(shapes, Shape::Square), "square");
    EXPECT_EQ(fromWord(shapes, "box", "shape").value(), Shape::Square);
    EXPECT_EQ(wordsOf(shapes), (std::vector<std::string>{"round", "square"}));
    EXPECT_EQ(otherWordsOf(shapes), (std::map<std::string, std::string>{{"box", "square"}}));
    EXPECT_EQ(fromWord(shapes, "flat", "shape").error().message(),
              "no shape is called \"flat\"; use round or square");
}

TEST(Utf8, TellsLettersFromOtherBytes) {
    EXPECT_TRUE(isUtf8("H\xce\xb1 \xf0\x9f\x94\xad"));
    for (const std::string_view bad : {"\xe9toile", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80"})
        EXPECT_FALSE(isUtf8(bad));
    EXPECT_EQ(clipped("H\xce\xb1", 2), "H");
    EXPECT_EQ(composed("e\xcc\x81toile"), "\xc3\xa9toile");
    EXPECT_EQ(composed("\xe9"), "\xe9");
}

TEST(Utf8, NamesAreTrimmedComposedAndInOneLine) {
    EXPECT_EQ(tidyName(" double peak\t").value(), "double peak");
    EXPECT_EQ(tidyName("\xc2\xa0"
                       "Be,\r\n shell\xe2\x80\x89")
                  .value(),
              "Be, shell");
    EXPECT_EQ(tidyName("\xef\xbb\xbf"
                       "e\xcc\x81toile")
                  .value(),
              "\xc3\xa9toile");
    EXPECT_EQ(tidyName(" \n ").value(), "");
    EXPECT_EQ(tidyName("\xe9toile").error().code(), ErrorCode::InvalidArgument);
}

TEST(Utf8, WhatATerminalWouldObeyBecomesVisible) {
    EXPECT_EQ(visible("Hα, naïve, क्\u200Dष, 👩\u200D🚀"), "Hα, naïve, क्\u200Dष, 👩\u200D🚀");
    EXPECT_EQ(visible("a\x1b[31mb\x07\x7f\r\t"), "a\\x1b[31mb\\x07\\u007f\\r\\t");
    EXPECT_EQ(visible("one\ntwo\u2028three\u2029"), "one\\ntwo\\u2028three\\u2029");
    EXPECT_EQ(visible("one\ntwo\r\n", Lines::Many), "one\ntwo\\r\n");
    EXPECT_EQ(visible("\u009b2J \u202egpj\u2066\u200f\u061c\ufeff"),
              "\\u009b2J \\u202egpj\\u2066\\u200f\\u061c\\ufeff");
    EXPECT_EQ(visible("\xff\x9b"
                      "1\xc3"),
              "\\xff\\x9b1\\xc3");
    EXPECT_EQ(visible("\U000E0041"), "\\udb40\\udc41");
    EXPECT_EQ(visible(std::string_view("\0", 1)), "\\x00");
    const auto text = visible("a\u202eb\n");
    EXPECT_EQ(visible(text), text);
}

TEST(Clock, WritesUtcThatSortsAsText) {
    EXPECT_EQ(formatTime(TimePoint(std::chrono::milliseconds(1700000000250))), "2023-11-14T22:13:20.250Z");
}

TEST(Matrix, ViewsShareTheNumbers) {
    FloatMatrix matrix(3, 2);
    matrix(1, 1) = 5;
    FloatView view = matrix.view();
    EXPECT_EQ(view(1, 1), 5);
    EXPECT_EQ(view.block(1, 2).row(0)[1], 5);
}

} // namespace

#include "engine/workflow/named_spectra.h"

#include <gtest/gtest.h>

namespace balmer::workflow {
namespace {

TEST(NamedSpectra, AreFoundByAllThatTheyAreCalled) {
    const NamedSpectra spectra({{"star-01", "HD 1909", "105172", "/data/one/star-01.fits.gz"},
                                {"299489677444933632", "LAMOST J0012.3+34", "", "/data/x.txt"},
                                {"row-1", "", "0266-51602-0001", ""}});
    for (const auto* name : {"star-01", " star-01 ", "105172", "star-01.fits", "star-01.FITS.GZ",
                             "star-01.txt", "one/star-01.fits", "/data/one/star-01.fits.gz",
                             "/elsewhere/star-01.fits", "..\\data\\star-01.fits", "HD 1909", "hd1909"})
        EXPECT_EQ(spectra.find(name).id, "star-01") << name;
    for (const auto* name : {"299489677444933632", "299489677444933632.fits", "x", "data/x.txt",
                             "LAMOST J0012.3+34", "J0012.3+34"})
        EXPECT_EQ(spectra.find(name).id, "299489677444933632") << name;
    for (const auto* name : {"row-1", "row-1.csv", "0266-51602-0001", "0266-51602-0001.fits"})
        EXPECT_EQ(spectra.find(name).id, "row-1") << name;
    for (const auto* name :
         {"", " ", "star-02", "299489677444933633", "star-01.5", "HD 190", ".fits", "row"}) {
        EXPECT_EQ(spectra.find(name).id, "") << name;
        EXPECT_FALSE(spectra.find(name).ambiguous) << name;
    }
}

TEST(NamedSpectra, WhatFitsSeveralStandsForNone) {
    const NamedSpectra spectra({{"a", "HD 1", "7", "/one/a.fits"},
                                {"a~2", "HD 1", "7", "/two/a.fits"},
                                {"a~3", "HD 2", "", "/two/a.txt"}});
    for (const auto* name : {"HD 1", "7", "a.fits", "two/a", "/three/a"}) {
        EXPECT_EQ(spectra.find(name).id, "") << name;
        EXPECT_TRUE(spectra.find(name).ambiguous) << name;
    }
    EXPECT_EQ(spectra.find("a").id, "a") << "an id is an id";
    EXPECT_EQ(spectra.find("one/a.fits").id, "a");
    EXPECT_EQ(spectra.find("/two/a.fits").id, "a~2");
    EXPECT_EQ(spectra.find("a.txt").id, "a~3");
}

} // namespace
} // namespace balmer::workflow

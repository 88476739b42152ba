// Tables that Balmer writes, read by astropy and h5py.
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/engine/io/table_samples.h"
#include "tests/support/command_line.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

constexpr std::chrono::seconds limit{240}; // for what hangs

/// The table's cells as the script prints them; missing ones are "-".
const char* pythonsCells = R"(
import sys, numpy
from astropy.table import Table
def shown(value):
    if isinstance(value, bytes): value = value.decode('utf-8')
    if value is None or numpy.ma.is_masked(value) or str(value).strip() in ('', 'nan'): return '-'
    if isinstance(value, str): return value.rstrip()  # FITS fills texts up with blanks
    return str(int(value)) if value == int(value) else repr(float(value))
for file in sys.argv[1:]:
    form = {'fits': 'fits', 'vot': 'votable', 'h5': 'hdf5', 'csv': 'ascii.csv'}[file.rsplit('.')[-1]]
    table = Table.read(file, format=form, **({'path': 'table'} if form == 'hdf5' else {}))
    if form in ('fits', 'votable'): assert str(table['ra'].unit) == 'deg', table['ra'].unit
    for row in table:
        print('|'.join(shown(row[name]) for name in ('id', 'ra', 'round', 'label')))
)";

TEST(TableFormatPeers, AstropyReadsTheSame) {
    const std::string python = "/usr/bin/python3";
    if (!std::filesystem::exists(python)) GTEST_SKIP() << "python3 is not installed";
    if (test::runProcess({python, "-c", "import astropy.table, h5py"}, limit).exitStatus != 0)
        GTEST_SKIP() << "the Debian packages python3-astropy and python3-h5py are not installed";
    const test::TemporaryFolder folder;
    const auto table = test::sampleTable();
    for (const auto& [name, label, large] :
         std::vector<std::array<std::string, 3>>{{"t.vot", "\u00e9toile \"Be\"", "299489677444933633"},
                                                 {"t.fits", "?toile \"Be\"", "299489677444933633"},
                                                 // Integers with a gap among them are doubles there.
                                                 {"t.h5", "\u00e9toile \"Be\"", "299489677444933632"},
                                                 {"t.csv", "\u00e9toile \"Be\"", "299489677444933633"}}) {
        ASSERT_TRUE(writeTable(folder / name, table));
        const auto said = test::runProcess({python, "-c", pythonsCells, (folder / name).string()}, limit);
        ASSERT_EQ(said.exitStatus, 0) << name << "\n" << said.describe();
        std::string expected = "a,1|301.1234567890123|1|";
        expected.append(label).append("\nb|-|-|-\nc|-0.5|").append(large).append("|x <y>\n");
        EXPECT_EQ(said.standardOutput, expected) << name;
    }
}

} // namespace
} // namespace balmer::io

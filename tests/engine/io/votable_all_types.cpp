#include "tests/engine/io/votable_all_types.h"

#include <limits>

namespace balmer::test {
namespace {

using io::VotableColumn;
using io::VotableField;
using io::VotableType;

class Builder {
  public:
    io::VotableTable table;

    void add(const std::string& name, const std::string& datatype, VotableType type,
             const std::string& arraysize, const std::vector<std::vector<double>>& cells) {
        VotableColumn& column = begin(name, datatype, type, arraysize);
        column.offsets.push_back(0);
        for (const auto& cell : cells) {
            column.nulls.push_back(cell.empty() ? 1 : 0);
            for (const double value : cell) {
                if (type == VotableType::Long)
                    column.integers.push_back(static_cast<std::int64_t>(value));
                else
                    column.numbers.push_back(value);
            }
            column.offsets.push_back(type == VotableType::Long ? column.integers.size()
                                                               : column.numbers.size());
        }
    }
    void addText(const std::string& name, const std::string& datatype, VotableType type,
                 const std::string& arraysize, const std::vector<std::string>& cells) {
        VotableColumn& column = begin(name, datatype, type, arraysize);
        for (const std::string& cell : cells)
            column.nulls.push_back(cell.empty() ? 1 : 0);
        column.texts = cells;
    }

  private:
    VotableColumn& begin(const std::string& name, const std::string& datatype, VotableType type,
                         const std::string& arraysize) {
        VotableField field;
        field.id = "col_" + name;
        field.name = name;
        field.datatype = datatype;
        field.arraysize = arraysize;
        field.description = "the column " + name + " & its <values>";
        table.fields.push_back(field);
        VotableColumn& column = table.columns.emplace_back();
        column.type = type;
        return column;
    }
};

} // namespace

io::Votable allTypes(io::VotableData data) {
    constexpr double NAN_ = std::numeric_limits<double>::quiet_NaN(),
                     INFINITE = std::numeric_limits<double>::infinity();
    using Type = VotableType;
    Builder b;
    b.table.id = "all";
    b.table.name = "all_types";
    b.table.description = "A column of each type";
    b.table.rows = 3;
    b.add("bool", "boolean", Type::Boolean, "", {{1}, {0}, {}});
    b.add("u8", "unsignedByte", Type::UnsignedByte, "", {{255}, {0}, {}});
    b.add("i16", "short", Type::Short, "", {{-32768}, {32767}, {}});
    b.add("i32", "int", Type::Int, "", {{-2147483648.0}, {7}, {}});
    b.add("i64", "long", Type::Long, "", {{0}, {0}, {}});
    b.table.columns[4].integers = {-9223372036854775807, 9223372036854775807};
    b.add("f32", "float", Type::Float, "", {{1.5}, {-INFINITE}, {}});
    b.add("f64", "double", Type::Double, "", {{0.1}, {NAN_}, {}});
    b.addText("text", "char", Type::Char, "*", {" a & <b> \"c\" ", "Ondřejov\tα", ""});
    b.addText("wide", "unicodeChar", Type::UnicodeChar, "*", {"𝛼 Cen", "வணக்கம்", ""});
    b.addText("fixed", "char", Type::Char, "8", {"12345678", "x", ""});
    b.add("fa", "float", Type::Float, "*", {{1, 2.5, 3}, {INFINITE}, {}});
    b.add("la", "long", Type::Long, "*", {{1, -2}, {3}, {}});
    b.add("ba", "boolean", Type::Boolean, "*", {{1, 0, 1}, {1}, {}});
    if (data == io::VotableData::TableData) {
        b.add("bits", "bit", Type::Bit, "*", {{1, 0, 1, 0, 1, 1, 1, 1, 0, 1}, {0}, {}});
        b.add("ca", "doubleComplex", Type::DoubleComplex, "*", {{1, 2, 3, -4}, {0, 0}, {}});
    }
    b.add("da3", "double", Type::Double, "3", {{1, 2, 3}, {NAN_, 0, -INFINITE}, {}});
    b.add("i2d", "int", Type::Int, "2x3", {{0, 1, 2, 3, 4, 5}, {0, -1, -2, -3, -4, -5}, {}});
    b.add("bits8", "bit", Type::Bit, "8",
          {{1, 0, 1, 0, 1, 0, 1, 0}, {0, 0, 0, 0, 0, 0, 0, 1}, {1, 1, 1, 1, 1, 1, 1, 1}});
    b.add("fc", "floatComplex", Type::FloatComplex, "", {{1, 2}, {0, -1.5}, {}});
    auto& fields = b.table.fields;
    fields[3].nullText = "-999";
    fields[3].minimum = "-5";
    fields[3].maximum = "5";
    fields[*b.table.field("i2d")].nullText = "-999";
    fields[6].unit = "Angstrom";
    fields[6].ucd = "em.wl;meta.main";
    fields[6].utype = "spec:Spectrum.Data.SpectralAxis.Value";
    fields[6].ref = "sys";
    fields[7].options = {"one", "two & three"};
    fields[7].links.push_back({"http://example.org/?a=1&b=2", "a page", "doc", "text/html", "", ""});

    VotableField param;
    param.id = "par";
    param.name = "note";
    param.datatype = "char";
    param.arraysize = "*";
    param.value = "a\tb\n\"c\" & <d>";
    b.table.params = {param};
    io::VotableGroup group;
    group.name = "some";
    group.description = "A group";
    group.fieldRefs = {"col_i32", "nowhere"};
    group.paramRefs = {"par"};
    b.table.groups = {group};
    b.table.infos = {{"", "made", "by hand", ""}};

    io::VotableResource resource;
    resource.type = "results";
    resource.infos = {{"", "QUERY_STATUS", "OK", "all <is> well & good"}};
    resource.coordinateSystems = {{"sys", "ICRS", "J2000", "J2015.5"}};
    resource.timeSystems = {{"time", "MJD-origin", "TDB", "BARYCENTER"}};
    resource.tables = {b.table};
    io::VotableResource service;
    service.type = "meta";
    service.utype = "adhoc:service";
    VotableField url = param;
    url.id.clear();
    url.name = "accessURL";
    url.value = "http://example.org/sync?a=1&b=2";
    service.params = {url};
    resource.resources = {service};
    io::Votable document;
    document.version = "1.4";
    document.description = "All of it: Hα, <, & and >";
    document.resources = {resource};
    return document;
}

} // namespace balmer::test

// Tables of other programs, matched by id: columns of a dataset, and labels.
#include <gmock/gmock.h>

#include "engine/store/catalogue.h"
#include "engine/store/column_registry.h"
#include "engine/store/label_log.h"
#include "engine/store/origins.h"
#include "engine/workflow/job_kinds.h"
#include "tests/engine/workflow/project_with_jobs.h"

namespace balmer::workflow {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class TableImport : public test::ProjectWithJobs {
  protected:
    void SetUp() override {
        succeed("dataset-import", {{"file", write("m.csv", matrix(6, {}))}, {"name", "m"}});
    }
    /// As TOPCAT might send it: in another order, with rows of others, and the ids not in the first column.
    std::string votable() const {
        const auto row = [](const char* n, const char* ew, const char* id, const char* type) {
            return std::string("<TR><TD>") + n + "</TD><TD>" + ew + "</TD><TD>" + id + "</TD><TD>" + type +
                   "</TD></TR>";
        };
        return "<VOTABLE><RESOURCE><TABLE><FIELD name=\"n\" datatype=\"int\"/><FIELD name=\"EW\" "
               "datatype=\"double\"/><FIELD name=\"star\" datatype=\"char\" arraysize=\"*\"/><FIELD "
               "name=\"type\" datatype=\"char\" arraysize=\"*\"/><DATA><TABLEDATA>" +
               row("1", "2.5", "row-4", "Be") + row("2", "-1", "elsewhere", "A") +
               row("3", "", "row-0", "A") + row("4", "7", "row-1", "") + row("5", "9", "row-4", "Be") +
               "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
    }
};

TEST_F(TableImport, ColumnsGoToTheRowsThatTheIdsName) {
    const auto result =
        succeed("table-import", {{"file", write("t.vot", votable())}, {"columns", {"EW", "type"}}});
    EXPECT_EQ(result["id_column"], "star");
    EXPECT_EQ(result["rows"], 5);
    EXPECT_EQ(result["repeated"], 1);
    EXPECT_EQ(result["dataset"], "m");
    EXPECT_EQ(result["dataset_rows"], 3);
    EXPECT_EQ(result["columns"][0],
              json({{"name", "EW"}, {"kind", "number"}, {"values", 2}, {"version", 1}}));
    EXPECT_EQ(result["columns"][1],
              json({{"name", "type"}, {"kind", "category"}, {"values", 2}, {"version", 1}}));
    const auto ew = project_->columns().values("m", "EW");
    ASSERT_TRUE(ew) << test::why(ew);
    EXPECT_EQ((*ew)[4], 2.5) << "the first row that names a spectrum counts";
    EXPECT_EQ((*ew)[1], 7);
    for (const auto row : {0u, 2u, 3u, 5u})
        EXPECT_TRUE(std::isnan((*ew)[row])) << row;
    // As any other column it can be searched, and a second import is a second version.
    store::CatalogueQuery query;
    query.where = "EW > 2 and type = 'Be'";
    EXPECT_EQ(project_->catalogue().ids(query).value(), std::vector<std::string>{"row-4"});
    succeed("table-import", {{"file", write("t.csv", "id,EW\nrow-2,5\n")}, {"columns", {"*"}}});
    EXPECT_EQ(project_->columns().versions("m", "EW").value().size(), 2u);
    EXPECT_TRUE(project_->labels().counts().value().empty());
}

TEST_F(TableImport, RowsThatContradictEachOtherGiveNoLabel) {
    const auto file = write("t.csv", "id,type,EW\nrow-1,A,1\nrow-2,B,2\nrow-1,B,3\n");
    const auto result =
        succeed("table-import", {{"file", file}, {"label_column", "type"}, {"columns", {"EW"}}});
    EXPECT_EQ(result["labels"], 1);
    EXPECT_EQ(result["contradicted"], json({"row-1"}));
    EXPECT_EQ(result["repeated"], 1);
    EXPECT_EQ(project_->columns().values("m", "EW").value()[1], 1);
    const auto twice = write("t.csv", "id,type,type\nrow-1,A,B\n");
    EXPECT_THAT(fail("table-import", {{"file", twice}, {"label_column", "type"}}).message(),
                HasSubstr("several columns called \"type\""));
    const auto ids = write("t.csv", "id,type,id\nrow-1,A,row-2\n");
    EXPECT_THAT(fail("table-import", {{"file", ids}, {"label_column", "type"}}).message(),
                HasSubstr("several columns called \"id\""));
}

TEST_F(TableImport, LabelsSayWhoAndWhereFrom) {
    const auto file = write("t.vot", votable());
    const auto result = succeed(
        "table-import", {{"file", file}, {"label_column", "type"}, {"who", "Cat"}, {"source", "TOPCAT"}});
    EXPECT_EQ(result["labels"], 2);
    EXPECT_EQ(result["without_label"], 1);
    EXPECT_EQ(result["unknown"], json::array({"elsewhere"}));
    EXPECT_EQ(result["not_in_catalogue"], 1);
    EXPECT_TRUE(project_->labels().of("elsewhere")->empty());
    EXPECT_FALSE(result.contains("columns"));
    const auto events = project_->labels().of("row-4");
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), 1u);
    EXPECT_EQ(events->front().className, "Be");
    EXPECT_EQ(events->front().who, "Cat");
    EXPECT_EQ(events->front().view, "table TOPCAT");
    EXPECT_EQ(succeed("table-import", {{"file", file}, {"label_column", "type"}})["unchanged"], 2);
}

TEST_F(TableImport, IdsMayEndLikeFiles) {
    const auto result = succeed("table-import", {{"file", write("t.csv", "star,ew,type\nrow-4.fits,2,Be\n"
                                                                         "row-0.txt.gz,3,A\n")},
                                                 {"columns", {"ew"}},
                                                 {"label_column", "type"}});
    EXPECT_EQ(result["labels"], 2);
    EXPECT_EQ(result["dataset_rows"], 2);
    EXPECT_EQ(project_->columns().values("m", "ew").value()[4], 2);
    EXPECT_EQ(project_->labels().classes().value(),
              (std::map<std::string, std::string>{{"row-0", "A"}, {"row-4", "Be"}}));
}

TEST_F(TableImport, VerdictsGivenByHandAreKept) {
    const auto say = [&](const char* id, active::LabelKind kind, const char* className, const char* who) {
        active::LabelEvent event;
        event.spectrum = id;
        event.kind = kind;
        event.className = className;
        event.who = who;
        event.view = "panel";
        ASSERT_TRUE(project_->labels().append(event));
    };
    const auto standing = [&](const char* id) { return project_->labels().current(id).value(); };
    using active::LabelKind;
    const auto table = [&](const char* first) {
        return write("t.csv",
                     std::string("id,type\nrow-0,") + first + "\nrow-1,A\nrow-2,A\nrow-3,A\nrow-4,A\n");
    };
    const json parameters{{"file", table("A")}, {"label_column", "type"}, {"who", "Cat"}};
    EXPECT_EQ(succeed("table-import", parameters)["labelled"], 5);
    say("row-1", LabelKind::Class, "B", "Cat"); // also where it is the same observer, by hand
    say("row-2", LabelKind::Bad, "", "Dan");
    say("row-3", LabelKind::NotSure, "", "Dan");
    say("row-4", LabelKind::Class, "A", "Dan");
    // The source corrects itself, and nobody else.
    table("C");
    const auto result = succeed("table-import", parameters);
    EXPECT_EQ(result["labelled"], 1);
    EXPECT_EQ(result["replaced"], 1);
    EXPECT_EQ(result["kept"], 3);
    EXPECT_EQ(result["unchanged"], 1);
    EXPECT_EQ(standing("row-0").className, "C");
    EXPECT_EQ(standing("row-1").className, "B");
    EXPECT_TRUE(standing("row-2").bad);
    EXPECT_TRUE(standing("row-3").notSure);

    auto all = parameters;
    all["replace"] = true;
    const auto replaced = succeed("table-import", all);
    EXPECT_EQ(replaced["labelled"], 3);
    EXPECT_EQ(replaced["replaced"], 3);
    EXPECT_EQ(replaced["kept"], 0);
    EXPECT_EQ(standing("row-1").className, "A");
    EXPECT_FALSE(standing("row-2").bad);
}

TEST_F(TableImport, WithAFileOfLabelsOneCorrectsOneself) {
    const auto say = [&](const char* id, const std::string& who) {
        active::LabelEvent event;
        event.spectrum = id;
        event.className = "B";
        event.who = who;
        event.view = "panel";
        ASSERT_TRUE(project_->labels().append(event));
    };
    const auto first = write("l.csv", "id,label\nrow-0,A2\n");
    EXPECT_EQ(succeed("label-import", {{"file", first}})["labels"], 1);
    const auto who = project_->labels().current("row-0").value().verdict.value().who;
    say("row-0", who);
    say("row-1", "somebody else");
    const auto file = write("l.csv", "id,label\nrow-0,A\nrow-1,A\nrow-2,A\n");
    const auto result = succeed("label-import", {{"file", file}});
    EXPECT_EQ(result["labelled"], 2);
    EXPECT_EQ(result["replaced"], 1);
    EXPECT_EQ(result["kept"], 1);
    EXPECT_EQ(project_->labels().current("row-0").value().className, "A");
    EXPECT_EQ(project_->labels().current("row-1").value().className, "B");
    EXPECT_EQ(succeed("label-import", {{"file", file}, {"replace", true}})["replaced"], 1);
    EXPECT_EQ(project_->labels().current("row-1").value().className, "A");
}

TEST_F(TableImport, NothingIsKeptOfARefusedTable) {
    const auto file = write("t.vot", votable());
    std::string many = "id,remark\n";
    for (int i = 0; i < 6; ++i)
        many += "row-" + std::to_string(i) + ",r" + std::to_string(i) + "\n";
    const auto says = [&](const json& parameters) { return fail("table-import", parameters).describe(); };
    const auto idle = kindOf("table-import").complete(json{{"file", file}}.dump());
    ASSERT_FALSE(idle);
    EXPECT_THAT(idle.error().message(), HasSubstr("nothing is to be taken"));
    EXPECT_THAT(says({{"file", file}, {"columns", {"mass"}}}),
                HasSubstr("its columns are: n, EW, star, type"));
    EXPECT_THAT(says({{"file", file}, {"columns", {"EW"}}, {"id_column", "n"}}),
                HasSubstr("no row of the table"));
    EXPECT_THAT(says({{"file", file}, {"columns", {"EW"}}, {"dataset", "x"}}), HasSubstr("no dataset \"x\""));
    EXPECT_THAT(says({{"file", write("o.csv", "id,a\nx,1\n")}, {"columns", {"a"}}}),
                HasSubstr("names a spectrum of this project"));
    EXPECT_THAT(says({{"file", write("p.csv", "id,predicted\nrow-1,a\n")}, {"columns", {"predicted"}}}),
                HasSubstr("give a prefix"));
    EXPECT_EQ(succeed("table-import", {{"file", write("p.csv", "id,predicted\nrow-1,a\n")},
                                       {"columns", {"*"}},
                                       {"prefix", "x_"}})["columns"][0]["name"],
              "x_predicted");
    succeed("dataset-import", {{"file", write("m2.csv", matrix(3, {}))}, {"name", "m2"}});
    EXPECT_THAT(says({{"file", file}, {"columns", {"EW"}}}), HasSubstr("one of m, m2"));
    // A label that cannot be stored takes the columns with it.
    EXPECT_EQ(project_->columns().list("m").value().size(), 1u);
    EXPECT_TRUE(project_->labels().counts().value().empty());
}

TEST_F(TableImport, TextsThatAreNoCategoriesAreRefused) {
    std::string text = "id,remark\n";
    for (int i = 0; i < 1200; ++i)
        text += "star-" + std::to_string(i) + ",remark " + std::to_string(i) + "\n";
    std::string table = "id";
    for (int column = 0; column < 3; ++column)
        table += "," + std::to_string(6560 + column);
    for (int i = 0; i < 1200; ++i)
        table += "\nstar-" + std::to_string(i) + ",1,2,3";
    succeed("dataset-import", {{"file", write("big.csv", table + "\n")}, {"name", "big"}});
    EXPECT_THAT(
        fail("table-import", {{"file", write("t.csv", text)}, {"columns", {"remark"}}, {"dataset", "big"}})
            .message(),
        HasSubstr("more than 1000 different texts"));
}

TEST_F(TableImport, OriginsOfAnImportAreNoted) {
    const auto file = write("s1.txt", spectrum(1));
    succeed("import", {{"paths", {file}}, {"origins", {"ivo://x/s1"}}, {"source", "SPLAT"}});
    const std::vector<std::string> asked{"ivo://x/s1", "ivo://x/s2"};
    EXPECT_EQ(project_->origins().spectraFrom(asked).value(), (std::vector<std::string>{"s1", ""}));
    EXPECT_FALSE(kindOf("import").complete(R"({"paths": ["x"], "origins": [""]})"));
}

} // namespace
} // namespace balmer::workflow

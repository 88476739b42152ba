// Labels from tables as people keep them.
#include <gmock/gmock.h>

#include "engine/store/label_log.h"
#include "tests/engine/workflow/project_with_jobs.h"

namespace balmer::workflow {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using Classes = std::map<std::string, std::string>;

class LabelImport : public test::ProjectWithJobs {
  protected:
    void SetUp() override {
        for (int i = 1; i <= 3; ++i)
            write("spectra/star-0" + std::to_string(i) + ".txt", spectrum(i));
        succeed("import", {{"paths", {(folder_ / "spectra").string()}}});
    }
    json import(const std::string& table, json parameters = json::object()) {
        parameters["file"] = write("labels.csv", table);
        return succeed("label-import", parameters);
    }
    std::string refusal(const std::string& table, json parameters = json::object()) {
        parameters["file"] = write("labels.csv", table);
        const auto message = fail("label-import", parameters).describe();
        EXPECT_TRUE(classes().empty()) << message;
        return message;
    }
    Classes classes() { return project_->labels().classes().value(); }
};

TEST_F(LabelImport, TakesWhatEverySeparatorParts) {
    for (const auto* table : {"id,label\nstar-01,a\n", "id;label\nstar-01;a\n", "id\tlabel\nstar-01\ta\n",
                              "\xef\xbb\xbfid,label\r\nstar-01,a\r\n", "id , Label \n star-01 , a \n"}) {
        const auto result = import(table);
        EXPECT_EQ(classes(), (Classes{{"star-01", "a"}})) << table;
        EXPECT_EQ(result["columns"].size(), 2u);
        ASSERT_TRUE(project_->labels().takeBack("tester"));
    }
}

TEST_F(LabelImport, WithoutItsColumnsNothingIsTaken) {
    const auto sky = refusal("id,ra,dec,type\nstar-01,83.6,22,Be\n");
    for (const auto* word :
         {"label or class", "\"id\", \"ra\", \"dec\", \"type\"", "parameters.label_column"})
        EXPECT_THAT(sky, HasSubstr(word));
    const auto untitled = refusal("star-01,a\nstar-02,b\n");
    EXPECT_THAT(untitled, HasSubstr("\"star-01\", \"a\""));
    EXPECT_THAT(untitled, HasSubstr("title line"));
    EXPECT_THAT(refusal("star,label\nstar-01,a\n"), HasSubstr("parameters.id_column"));
    EXPECT_THAT(refusal("id,label\nstar-01,a\n", {{"label_column", "type"}}),
                HasSubstr("parameters.label_column: the table has no column \"type\""));
    EXPECT_THAT(refusal("star-01,a\nstar-02,b\n", {{"id_column", "star-01"}, {"label_column", "a"}}),
                HasSubstr("names the spectrum \"star-01\""));
    EXPECT_THAT(refusal("id,label\nstar-01,\xe9toile\n"), HasSubstr("line 2 is not UTF-8"));
    const auto named = import("star,type\nstar-01,a\n", {{"id_column", "star"}, {"label_column", "type"}});
    EXPECT_EQ(named["columns"], json({"star", "type"}));
    EXPECT_EQ(named["labels"], 1);
}

TEST_F(LabelImport, NamesWhatNoSpectrumHasAndKeepsNoLabelForIt) {
    const auto result =
        import("id,label\nstar-01.fits,a\nstar-09,a\nstar-09,b\n,a\nstar-02,\nspectra/star-03.txt,b\n");
    EXPECT_EQ(result["labels"], 2);
    EXPECT_EQ(result["unknown"], json::array({"star-09"}));
    EXPECT_EQ(result["not_in_catalogue"], 2);
    EXPECT_EQ(result["without_label"], 2);
    EXPECT_EQ(result["ambiguous"], json::array());
    EXPECT_EQ(classes(), (Classes{{"star-01", "a"}, {"star-03", "b"}}));
    EXPECT_TRUE(project_->labels().of("star-09")->empty());
}

TEST_F(LabelImport, ATableThatContradictsItselfGivesNeitherClass) {
    const auto result = import("id,label\nstar-01,a\nstar-02,b\nstar-01.txt,c\nstar-02, b\nstar-01,a\n");
    EXPECT_EQ(result["labels"], 1);
    EXPECT_EQ(result["contradicted"], json({"star-01"}));
    EXPECT_EQ(result["contradicting"], 3);
    EXPECT_EQ(classes(), (Classes{{"star-02", "b"}}));
}

TEST_F(LabelImport, AColumnThatIsThereTwiceIsRefusedWhereItIsMeant) {
    EXPECT_THAT(refusal("id,label,label\nstar-01,a,b\n"), HasSubstr("several columns called \"label\""));
    EXPECT_THAT(refusal("id,id,label\nstar-01,star-02,b\n"), HasSubstr("several columns called \"id\""));
    EXPECT_THAT(refusal("id,type,type\nstar-01,a,b\n", {{"label_column", "type"}}),
                HasSubstr("several columns called \"type\""));
    EXPECT_EQ(import("id,note,label,note\nstar-01,x,a,y\n")["labels"], 1);
}

TEST_F(LabelImport, TheColumnThatNamesSpectraIsTheIdAmongThoseThatCouldBe) {
    const auto result = import("id,name,label\n1,star-02,a\n2,star-03,b\n");
    EXPECT_EQ(result["columns"], json({"name", "label"}));
    EXPECT_EQ(classes(), (Classes{{"star-02", "a"}, {"star-03", "b"}}));
}

TEST_F(LabelImport, CodesStandForClasses) {
    const auto table = "id,label\nstar-01, 0\nstar-02,1\nstar-03,9\n";
    const auto map = [](const Classes& classes) { return json{{"map", classes}}; };
    EXPECT_THAT(refusal(table, map({{"0", "emission"}, {"1", "absorption"}})), HasSubstr("the code \"9\""));
    EXPECT_THAT(refusal(table, map({{"0", "a"}, {"0 ", "b"}})), HasSubstr("twice"));
    const auto result = import(table, map({{"0", " emission"}, {"1", "Be, shell"}, {"9", ""}}));
    EXPECT_EQ(result["labels"], 2);
    EXPECT_EQ(result["without_label"], 1);
    EXPECT_EQ(classes(), (Classes{{"star-01", "emission"}, {"star-02", "Be, shell"}}));
}

TEST_F(LabelImport, IsTakenBackAsOne) {
    import("id,label\nstar-01,a\nstar-02,b\n");
    import("id,label\nstar-01,c\nstar-02,b\nstar-03,e\u0301toile\n");
    EXPECT_EQ(classes(), (Classes{{"star-01", "c"}, {"star-02", "b"}, {"star-03", "\u00e9toile"}}));
    EXPECT_EQ(project_->labels().takeBack("tester")->size(), 2u);
    EXPECT_EQ(classes(), (Classes{{"star-01", "a"}, {"star-02", "b"}}));
    EXPECT_EQ(project_->labels().takeBack("tester")->size(), 2u);
    EXPECT_EQ(classes(), Classes{});
}

} // namespace
} // namespace balmer::workflow

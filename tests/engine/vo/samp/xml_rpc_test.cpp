#include "engine/vo/samp/xml_rpc.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "engine/vo/samp/samp_message.h"
#include "tests/support/test_support.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;
using test::why;

// As JSAMP 1.3.7 asks a client: values without <string>, indented.
constexpr std::string_view callOfJsamp = R"(<?xml version='1.0' encoding='UTF-8'?>
<methodCall>
  <methodName>samp.client.receiveCall</methodName>
  <params>
    <param>
      <value>k:1_iolkfkijwlphymhl</value>
    </param>
    <param>
      <value>c2</value>
    </param>
    <param>
      <value>c2_S_30db_m:1_djfntcnsssvulidj</value>
    </param>
    <param>
      <value>
        <struct>
          <member>
            <name>samp.mtype</name>
            <value>table.select.rowList</value>
          </member>
          <member>
            <name>samp.params</name>
            <value>
              <struct>
                <member>
                  <name>row-list</name>
                  <value>
                    <array>
                      <data>
                        <value>1</value>
                        <value>3</value>
                      </data>
                    </array>
                  </value>
                </member>
                <member>
                  <name>table-id</name>
                  <value>tab-A</value>
                </member>
              </struct>
            </value>
          </member>
        </struct>
      </value>
    </param>
  </params>
</methodCall>
)";

// As astropy 5.2.1 passes the same on.
constexpr std::string_view callOfAstropy = R"(<?xml version='1.0'?>
<methodCall>
<methodName>samp.client.receiveCall</methodName>
<params>
<param>
<value><string>k:1_iolkfkijwlphymhl</string></value>
</param>
<param>
<value><string>c2</string></value>
</param>
<param>
<value><string>c2_S_30db_m:1_djfntcnsssvulidj</string></value>
</param>
<param>
<value><struct>
<member>
<name>samp.mtype</name>
<value><string>table.select.rowList</string></value>
</member>
<member>
<name>samp.params</name>
<value><struct>
<member>
<name>row-list</name>
<value><array><data>
<value><string>1</string></value>
<value><string>3</string></value>
</data></array></value>
</member>
<member>
<name>table-id</name>
<value><string>tab-A</string></value>
</member>
</struct></value>
</member>
</struct></value>
</param>
</params>
</methodCall>
)";

XmlRpcCall selectionCall() {
    SampMap params;
    params.emplace("row-list", SampList{
                                   "1",
                                   "3",
                               });
    params.emplace("table-id", "tab-A");
    SampMap message;
    message.emplace("samp.mtype", "table.select.rowList");
    message.emplace("samp.params", std::move(params));
    return {"samp.client.receiveCall",
            {"k:1_iolkfkijwlphymhl", "c2", "c2_S_30db_m:1_djfntcnsssvulidj", std::move(message)}};
}

std::string inValue(std::string_view value) {
    return "<?xml version='1.0'?><methodResponse><params><param>" + std::string(value) +
           "</param></params></methodResponse>";
}

ErrorCode refusal(std::string_view document) {
    const auto answer = decodeAnswer(document);
    return answer ? ErrorCode::Internal : answer.error().code();
}

TEST(XmlRpc, BothHubsCallsAreReadAsTheSame) {
    const auto jsamp = decodeCall(callOfJsamp);
    ASSERT_TRUE(jsamp) << why(jsamp);
    EXPECT_EQ(*jsamp, selectionCall());
    const auto astropy = decodeCall(callOfAstropy);
    ASSERT_TRUE(astropy) << why(astropy);
    EXPECT_EQ(*astropy, selectionCall());
}

TEST(XmlRpc, WhatIsWrittenIsReadAgain) {
    const auto call = selectionCall();
    const auto again = decodeCall(encodeCall(call));
    ASSERT_TRUE(again) << why(again);
    EXPECT_EQ(*again, call);

    SampMap map;
    map.emplace("a <b> & \"c\"", " blanks before and after ");
    map.emplace("lines", "one\r\ntwo\n\tthree\r");
    map.emplace("nothing", "");
    map.emplace("empty list", SampList());
    map.emplace("empty map", SampMap());
    const auto answer = decodeAnswer(encodeAnswer(map));
    ASSERT_TRUE(answer) << why(answer);
    EXPECT_EQ(*answer, SampValue(map)) << describe(*answer);
}

TEST(XmlRpc, ACallMayHaveNoParams) {
    const auto bare = decodeCall("<methodCall>\n  <methodName>samp.hub.ping</methodName>\n</methodCall>\n");
    ASSERT_TRUE(bare) << why(bare);
    EXPECT_EQ(bare->method, "samp.hub.ping");
    EXPECT_TRUE(bare->params.empty());
    const auto again = decodeCall(encodeCall(*bare));
    ASSERT_TRUE(again) << why(again);
    EXPECT_EQ(*again, *bare);
}

TEST(XmlRpc, AValueWithoutTypeIsAStringAndItsWhiteSpaceCounts) {
    EXPECT_EQ(decodeAnswer(inValue("<value> x </value>")).value(), SampValue(" x "));
    EXPECT_EQ(decodeAnswer(inValue("<value></value>")).value(), SampValue(""));
    EXPECT_EQ(decodeAnswer(inValue("<value/>")).value(), SampValue(""));
    EXPECT_EQ(decodeAnswer(inValue("<value><string/></value>")).value(), SampValue(""));
    EXPECT_EQ(decodeAnswer(inValue("<value><![CDATA[<&>]]> a</value>")).value(), SampValue("<&> a"));
    EXPECT_EQ(decodeAnswer(inValue("<value>a<!-- no -->b&amp;&#269;</value>")).value(), SampValue("ab&č"));
    EXPECT_EQ(decodeAnswer(inValue("<value>\n <int> 7 </int>\n</value>")).value(), SampValue("7"));
    EXPECT_EQ(decodeAnswer("<methodResponse><params/></methodResponse>").value(), SampValue(""));
}

TEST(XmlRpc, AStringIsSentInTheCharactersThatSampAllows) {
    EXPECT_EQ(decodeAnswer(encodeAnswer("Ondřejov\x01 α")).value(), SampValue("Ond?ejov? ?"));
}

TEST(XmlRpc, AFaultIsAnErrorWithItsText) {
    const auto fault = decodeAnswer(R"(<?xml version='1.0' encoding='UTF-8'?>
<methodResponse>
  <fault>
    <value>
      <struct>
        <member>
          <name>faultCode</name>
          <value>
            <int>1</int>
          </value>
        </member>
        <member>
          <name>faultString</name>
          <value>org.astrogrid.samp.client.SampException: Hub is stopped</value>
        </member>
      </struct>
    </value>
  </fault>
</methodResponse>
)");
    ASSERT_FALSE(fault);
    EXPECT_EQ(fault.error().code(), ErrorCode::Remote);
    EXPECT_EQ(fault.error().message(), "org.astrogrid.samp.client.SampException: Hub is stopped");
    const auto ours = decodeAnswer(encodeFault(5, "bad key"));
    ASSERT_FALSE(ours);
    EXPECT_EQ(ours.error().message(), "bad key");
}

TEST(XmlRpc, WhatIsNotXmlRpcIsRefused) {
    for (const std::string document :
         {"", "x", "<methodResponse>", "<methodResponse></methodResponse>trailing",
          "<html><body>404</body></html>", "<methodCall><methodName>a</methodName></methodCall>",
          "<methodResponse><params><param><value><base64>aaaa</base64></value></param></params></"
          "methodResponse>",
          "<methodResponse><params><param><value><struct><member><name>a</name></member></struct></value>"
          "</param></params></methodResponse>",
          "<methodResponse><params><param><value>text<string>a</string></value></param></params>"
          "</methodResponse>",
          "<methodResponse><params><param><value><string>a</string>text</value></param></params>"
          "</methodResponse>",
          "<methodResponse><params><param><value><string>a<b/></string></value></param></params>"
          "</methodResponse>",
          "<methodResponse><params><param><value>\xff\xfe\x01</value></param></params></methodResponse>"})
        EXPECT_EQ(refusal(document), ErrorCode::Format) << document;
    EXPECT_FALSE(decodeCall("<methodCall><methodName> </methodName></methodCall>"));
}

TEST(XmlRpc, EntitiesAndDtdsAreRefusedUnexpanded) {
    std::string bomb = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e0 'aaaaaaaaaa'>";
    for (int i = 1; i < 12; ++i) {
        bomb += "<!ENTITY e" + std::to_string(i) + " '";
        for (int k = 0; k < 10; ++k)
            bomb += "&e" + std::to_string(i - 1) + ";";
        bomb += "'>";
    }
    const std::string answer =
        "<methodResponse><params><param><value>&e11;</value></param></params></methodResponse>";
    EXPECT_EQ(refusal(bomb + "]>" + answer), ErrorCode::Format);
    EXPECT_EQ(refusal("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><methodResponse/>"), ErrorCode::Format);
    EXPECT_EQ(refusal("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><methodResponse><params><param>"
                      "<value>&x;</value></param></params></methodResponse>"),
              ErrorCode::Format);
    EXPECT_EQ(refusal(answer), ErrorCode::Format);
}

TEST(XmlRpc, DepthAndSizeHaveLimits) {
    SampValue nested;
    for (int i = 0; i < 32; ++i)
        nested = i % 2 ? SampValue(SampList{nested}) : SampValue(SampMap{{"a", nested}});
    const auto deepest = decodeAnswer(encodeAnswer(nested));
    ASSERT_TRUE(deepest) << why(deepest);
    EXPECT_EQ(*deepest, nested);
    EXPECT_EQ(refusal(encodeAnswer(SampList{nested})), ErrorCode::ResourceExhausted);

    const std::string large(1024 * 1024, 'a');
    EXPECT_EQ(refusal(encodeAnswer(large)), ErrorCode::ResourceExhausted);
    EXPECT_TRUE(decodeAnswer(encodeAnswer(large.substr(0, 1000 * 1000))));
}

TEST(XmlRpc, EveryRecordedDocumentIsRead) {
    const auto folder = test::realData().parent_path() / "vo-fixtures/samp";
    if (test::realData().empty() || !std::filesystem::exists(folder))
        GTEST_SKIP() << "the folder ../shared/vo-fixtures is not beside this checkout";
    std::size_t calls = 0, answers = 0, faults = 0, messages = 0;
    for (const auto& log : std::filesystem::directory_iterator(folder)) {
        if (log.path().extension() != ".log") continue;
        std::ostringstream all;
        all << std::ifstream(log.path()).rdbuf();
        const std::string text = all.str();
        for (std::size_t from = text.find("<?xml"); from != std::string::npos;) {
            const auto next = text.find("<?xml", from + 1);
            std::string document = text.substr(from, next - from);
            from = next;
            const bool isCall = document.find("<methodCall>") != std::string::npos;
            const std::string end = isCall ? "</methodCall>" : "</methodResponse>";
            ASSERT_NE(document.find(end), std::string::npos) << document;
            document.resize(document.find(end) + end.size());
            if (isCall) {
                const auto call = decodeCall(document);
                ASSERT_TRUE(call) << why(call) << document;
                const auto again = decodeCall(encodeCall(*call));
                ASSERT_TRUE(again) << why(again);
                EXPECT_EQ(*again, *call);
                ++calls;
                for (const auto& param : call->params) {
                    if (!param.map() || !param.map()->contains("samp.mtype")) continue;
                    const auto message = decodeMessage(param);
                    ASSERT_TRUE(message) << why(message);
                    EXPECT_EQ(SampValue(encodeMessage(*message)), param);
                    ++messages;
                }
            } else if (const auto answer = decodeAnswer(document)) {
                ++answers;
                const auto again = decodeAnswer(encodeAnswer(*answer));
                ASSERT_TRUE(again) << why(again);
                EXPECT_EQ(*again, *answer);
            } else {
                ASSERT_EQ(answer.error().code(), ErrorCode::Remote) << why(answer) << document;
                ++faults;
            }
        }
    }
    EXPECT_GT(calls, 150u);
    EXPECT_GT(answers, 100u);
    EXPECT_GT(faults, 0u);
    EXPECT_GT(messages, 40u);
}

TEST(XmlRpc, WhoCallsIsKnownBeforeTheRestIsRead) {
    EXPECT_EQ(firstParameter(callOfJsamp).value(), "k:1_iolkfkijwlphymhl");
    const auto call = encodeCall({"samp.client.receiveNotification", {"the key", "x"}});
    EXPECT_EQ(firstParameter(call).value(), "the key");
    // Whatever follows: nothing, what no reader could read, or very much of it.
    const auto begin = call.substr(0, call.find("</param>"));
    for (const auto& rest : {std::string(), std::string("<<<"), std::string(std::size_t{20} << 20, '<')})
        EXPECT_EQ(firstParameter(begin + "</param>" + rest).value_or("none"), "the key") << rest.size();
    // A key that does not come soon is none.
    const std::string spaces(100'000, ' ');
    for (const auto& document :
         {std::string(), std::string("<methodCall/>"),
          "<methodCall>" + spaces + call.substr(call.find("<methodName")), encodeCall({"m", {SampMap()}}),
          encodeCall({"m", {}}), encodeCall({"m", {std::string(100'000, 'k')}})})
        EXPECT_FALSE(firstParameter(document)) << document.substr(0, 100);
}

} // namespace
} // namespace balmer::vo

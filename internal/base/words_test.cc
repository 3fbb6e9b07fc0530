// Of an error's words the log gets those that stand in the source, never what a client sent.
#include "internal/base/words.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "internal/base/result.h"

namespace bao::base {
namespace {

Error refuse(const std::string& sent) { return internal("cannot read " + sent); }
Result<int> pass_on() {
  TRY(Status(corrupt("an entry has no end")));
  return 1;
}

TEST(Words, ThatStandInTheSourceMayBeLogged) {
  EXPECT_EQ(internal("no such thing").words().loggable(), "no such thing");
  EXPECT_EQ(Error(Code::sealed, "sealed").words().loggable(), "sealed");
  EXPECT_EQ(denied().words().loggable(), "permission denied");
}

TEST(Words, ThatWereComposedMayNot) {
  const char* const pointer = "a pointer may lead anywhere";
  for (const Error& error : {refuse("a secret"), internal(std::string("a secret")), internal(pointer)}) {
    EXPECT_EQ(error.words().loggable(), "") << error.message();
  }
  EXPECT_FALSE((std::is_constructible_v<Words, char (&)[9]>)) << "a buffer may hold anything";
}

TEST(Words, OfTheNodeAloneMayBeLoggedHoweverTheyWereMade) {
  EXPECT_EQ(corrupt(Words::of_node("the log is damaged at index " + std::to_string(7))).within("x").words().loggable(), "the log is damaged at index 7");
}

TEST(Words, KnowTheirPlaceWhicheverWayTheyCome) {
  const Error error = pass_on().error();
  EXPECT_EQ(error.words().place(), "internal/base/words_test.cc:15");
  EXPECT_EQ(refuse("x").words().place(), "internal/base/words_test.cc:13");
}

TEST(Words, StayLoggableWithinAContextThatIsNot) {
  const Error error = pass_on().error().within(std::string("reading ") + "a secret");
  EXPECT_EQ(error.message(), "reading a secret: an entry has no end");
  EXPECT_EQ(error.words().loggable(), "an entry has no end");
  EXPECT_EQ(error.words().place(), "internal/base/words_test.cc:15");
}

TEST(Words, StayLoggableBetweenOthers) {
  const Words words = Words("an entry has no end").between("1 error:\n\t* ", "\n").within("x");
  EXPECT_EQ(words.text(), "x: 1 error:\n\t* an entry has no end\n");
  EXPECT_EQ(words.loggable(), "an entry has no end");
}

TEST(Codes, AreFaultsWhenTheyAreNotTheCallers) {
  for (const Code code : {Code::invalid, Code::denied, Code::absent, Code::unsupported, Code::too_large, Code::media_type, Code::exhausted}) {
    EXPECT_FALSE(is_fault(code)) << code_name(code);
  }
  for (const Code code : {Code::conflict, Code::needs_active, Code::uncertain, Code::sealed, Code::unavailable, Code::corrupt,
                          Code::audit_unavailable, Code::internal}) {
    EXPECT_TRUE(is_fault(code)) << code_name(code);
  }
}

}  // namespace
}  // namespace bao::base

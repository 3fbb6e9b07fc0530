// What templates come to, and what is refused.
#include "internal/text_template/template.h"

#include <gtest/gtest.h>

namespace bao::text_template {
namespace {

const codec::Json& data() {
  static const codec::Json kData = *codec::parse_json(
      R"({"s": "Some Text", "n": 2764800, "half": 0.5, "yes": true, "none": null, "l": ["a", "b"], "m": {"k": "v", "j": "w"}, "empty": [],
          "a": {"b-c": {"d": 7}}})");
  return kData;
}

std::string filled(std::string_view text) {
  const auto parsed = Template::parse(text);
  if (!parsed.ok()) return "refused: " + parsed.error().message();
  const auto out = parsed->fill(data(), base::Time(std::chrono::seconds(1'700'000'000)));
  return out.ok() ? *out : "failed: " + out.error().message();
}

struct Case {
  std::string_view text, out;
};

class Templates : public ::testing::TestWithParam<Case> {};
TEST_P(Templates, ComeTo) { EXPECT_EQ(filled(GetParam().text), GetParam().out) << GetParam().text; }

INSTANTIATE_TEST_SUITE_P(Values, Templates, ::testing::ValuesIn(std::vector<Case>{
    {"", ""},
    {"plain }} text", "plain }} text"},
    {"a {{ .s }} b", "a Some Text b"},
    {"{{.n}} {{.half}} {{.yes}} {{.none}}", "2764800 0.5 true <no value>"},
    {"{{.l}} {{.m}}", "[a b] map[j:w k:v]"},
    {"{{.m.k}}{{ $.m.j }}", "vw"},
    {"a \n {{- .s -}} \n b", "aSome Textb"},
    {"a {{/* nothing */}}b {{- /* nor here */ -}} c", "a bc"},
    {"{{ \"quoted\\n\" }}{{ `raw \\n` }}", "quoted\nraw \\n"},
    {"{{ index .a \"b-c\" \"d\" }} {{ index .l 1 }} {{ (index .a `b-c`).d }}", "7 b 7"},
    {"{{ $x := .s }}{{ $x }}{{ $x = 3 }}{{ $x }}", "Some Text3"},
    {"{{ len .s }} {{ len .l }} {{ len .m }}", "9 2 2"},
}));

INSTANTIATE_TEST_SUITE_P(Blocks, Templates, ::testing::ValuesIn(std::vector<Case>{
    {"{{ if .yes }}a{{ else }}b{{ end }}{{ if .none }}a{{ else }}b{{ end }}", "ab"},
    {"{{ if .none }}a{{ else if eq .s \"x\" }}b{{ else if .l }}c{{ else }}d{{ end }}!", "c!"},
    {"{{ with .m }}{{ .k }}{{ $.s }}{{ end }}{{ with .empty }}a{{ else }}b{{ end }}", "vSome Textb"},
    {"{{ range .l }}<{{ . }}>{{ end }}{{ range .empty }}x{{ else }}none{{ end }}", "<a><b>none"},
    {"{{ range $i, $e := .l }}{{ $i }}={{ $e }},{{ end }}", "0=a,1=b,"},
    {"{{ range $k, $v := .m }}{{ $k }}={{ $v }},{{ end }}", "j=w,k=v,"},
    {"{{ $last := \"\" }}{{ range .l }}{{ $last = . }}{{ end }}{{ $last }}", "b"},
    {"{{ range .l }}{{ if eq . \"b\" }}{{ break }}{{ end }}{{ . }}{{ end }}", "a"},
    {"{{ range .l }}{{ if eq . \"a\" }}{{ continue }}{{ end }}{{ . }}{{ end }}", "b"},
    {"{{ if and .yes .l }}a{{ end }}{{ if or .none .empty }}b{{ end }}{{ if not .none }}c{{ end }}", "ac"},
    {"{{ if or .yes (index .l 9) }}the second is not looked at{{ end }}", "the second is not looked at"},
    {"{{ if lt .half 1 }}a{{ end }}{{ if ge .n 2764800.0 }}b{{ end }}{{ if gt \"b\" \"a\" }}c{{ end }}{{ if le 2 1 }}d{{ end }}", "abc"},
    {"{{ if eq .n 1 2 2764800 }}a{{ end }}{{ if ne .s \"x\" }}b{{ end }}", "ab"},
}));

INSTANTIATE_TEST_SUITE_P(Functions, Templates, ::testing::ValuesIn(std::vector<Case>{
    {"{{ .s | uppercase }} {{ .s | lowercase | replace \" \" \"-\" }}", "SOME TEXT some-text"},
    {"{{ .s | truncate 4 }} {{ .s | truncate_sha256 9 }} {{ \"0123456789abcdef\" | truncate_sha256 10 }}", "Some Some Text 017df3f4a4"},
    {"{{ .s | sha256 | truncate 8 }}", "a7fd4c66"},
    {"{{ .s | base64 }} {{ .s | base64 | decode_base64 }}", "U29tZSBUZXh0 Some Text"},
    {"{{ .s | hex | decode_hex }}", "Some Text"},
    {"{{ unix_time }} {{ unix_time_millis }} {{ len uuid }} {{ random 20 | len }}", "1700000000 1700000000000 36 20"},
    {"{{ glob \"release/*\" \"release/1\" }} {{ glob \"*a*b\" \"xaxxb\" }} {{ glob \"a*b\" \"abc\" }}", "true true false"},
    {"{{ printf \"%s-%d %v %q %t%%\" .s 7 .l \"x\" true }} {{ print 1 2 \"a\" 3 }}", "Some Text-7 [a b] \"x\" true% 1 2a3"},
}));

INSTANTIATE_TEST_SUITE_P(Refused, Templates, ::testing::ValuesIn(std::vector<Case>{
    {"{{ .absent }}", "failed: template:1: map has no entry for key \"absent\""},
    {"\n{{ .s.x }}", "failed: template:2: can't evaluate field x in type string"},
    {"{{ index .l 2 }}", "failed: template:1: error calling index: index out of range: 2"},
    {"{{ .n | uppercase }}", "failed: template:1: error calling uppercase: expected string; found 2764800"},
    {"{{ truncate 0 .s }}", "failed: template:1: error calling truncate: max length must be > 0 but was 0"},
    {"{{ len }}", "failed: template:1: wrong number of args for len: 0"},
    {"{{ lt .s 1 }}", "failed: template:1: error calling lt: incompatible types for comparison"},
    {"{{ range .s }}{{ end }}", "failed: template:1: range can't iterate over string"},
    {"{{ .a.b-c }}", "refused: template:1: bad character '-' after b"},
    {"{{ timestamp \"2006\" }}", "refused: template:1: function \"timestamp\" not defined"},
    {"{{ define \"x\" }}{{ end }}", "refused: template:1: {{define}} is not there"},
    {"{{ $x }}", "refused: template:1: undefined variable \"$x\""},
    {"{{ if .yes }}{{ $x := 1 }}{{ end }}{{ $x }}", "refused: template:1: undefined variable \"$x\""},
    {"{{ if .yes }}", "refused: template:1: unexpected end of the template: {{end}} is missing"},
    {"{{ end }}", "refused: template:1: unexpected {{end}}"},
    {"{{ if .yes }}{{ else }}{{ else }}{{ end }}", "refused: template:1: expected {{end}}, found {{else}}"},
    {"{{ break }}", "refused: template:1: {{break}} or {{continue}} outside {{range}}"},
    {"{{ .s .n }}", "refused: template:1: can't give argument to non-function"},
    {"{{ .s | .n }}", "refused: template:1: non executable command in pipeline stage 2"},
    {"{{ ( .s }}", "refused: template:1: expected a closing bracket"},
    {"{{ .s", "refused: template:1: unclosed action"},
    {"{{ }}", "refused: template:1: missing value for command"},
    {"{{ \"x }}", "refused: template:1: unterminated quoted string"},
    {"{{/* x", "refused: template:1: unclosed comment"},
}));

TEST(Template, IsBounded) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{{ if .yes }}";
  EXPECT_EQ(filled(deep), "refused: template:1: nested too deeply");
  EXPECT_EQ(filled("{{ " + std::string(100, '(') + " }}"), "refused: template:1: nested too deeply");
  std::string doubling = "{{ $x := .s }}";
  for (int i = 0; i < 60; ++i) doubling += "{{ $x = print $x $x }}";
  EXPECT_EQ(filled(doubling), "failed: template:1: the template takes too many steps");
  std::string long_text;
  for (int i = 0; i < 20; ++i) long_text += "{{ random 100000 }}";
  EXPECT_EQ(filled(long_text), "failed: the text is too long");
  EXPECT_EQ(filled(std::string(200'000, 'x')), "refused: the template is longer than 100000 bytes");
}

}  // namespace
}  // namespace bao::text_template

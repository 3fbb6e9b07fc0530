// sys/tools: random bytes and hashes (openbao-api.md 2.5). Nothing is stored.
#include <charconv>
#include <utility>

#include "internal/codec/encoding.h"
#include "internal/core/system/paths.h"
#include "internal/crypto/hash.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

constexpr int64_t kRandomBytesMax = 128 * 1024;

bool is_source(std::string_view word) { return word == "platform" || word == "seal" || word == "all"; }

base::Result<int64_t> count_in_path(const std::string& text) {
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc() && end == text.data() + text.size()) return count;
  return base::invalid("error parsing url-set byte count: strconv.Atoi: parsing \"" + text + "\": invalid syntax");
}

struct RandomRequest {
  std::string source;
  int64_t bytes = 0;
};

// random, random/16, random/seal and random/seal/16.
base::Result<RandomRequest> read_random_request(const Call& call) {
  const std::string source = call.fields.string("source"), url_bytes = call.fields.string("urlbytes");
  RandomRequest out{"platform", call.fields.integer("bytes")};
  if (!url_bytes.empty()) {
    if (!source.empty()) out.source = source;
    ASSIGN_OR_RETURN(out.bytes, count_in_path(url_bytes));
  } else if (is_source(source)) {
    out.source = source;
  } else if (!source.empty()) {
    ASSIGN_OR_RETURN(out.bytes, count_in_path(source));
  }
  return out;
}

std::string encoded(std::string_view bytes, std::string_view format) {
  return format == "hex" ? codec::to_hex(bytes) : codec::to_base64(bytes);
}

Reply random(const Call& call, const storage::ReadView&) {
  ASSIGN_OR_RETURN(const RandomRequest request, read_random_request(call));
  if (request.bytes < 1) return base::invalid("'bytes' cannot be less than 1");
  if (request.bytes > kRandomBytesMax) {
    return base::invalid("'bytes' should be less than " + std::to_string(kRandomBytesMax));
  }
  const std::string format = call.fields.string("format");
  if (format != "hex" && format != "base64") {
    return base::invalid("unsupported encoding format \"" + format + "\"; must be \"hex\" or \"base64\"");
  }
  if (!is_source(request.source)) {
    return base::invalid("unsupported entropy source \"" + request.source +
                         "\"; must be \"platform\" or \"seal\", or \"all\"");
  }
  Response response = Response::of(Json::object());
  response.data->set("random_bytes", encoded(crypto::random_bytes(static_cast<size_t>(request.bytes)), format));
  if (request.source == "seal") {
    response.warnings.emplace_back("no seal/entropy augmentation available, using platform entropy source");
  }
  return response;
}

Reply hash(const Call& call, const storage::ReadView&) {
  auto input = codec::from_base64(call.fields.string("input"));
  if (!input.ok()) return base::invalid("unable to decode input as base64: " + input.error().message());
  const std::string format = call.fields.string("format");
  if (format != "hex" && format != "base64") {
    return base::invalid("unsupported encoding format " + format + "; must be \"hex\" or \"base64\"");
  }
  std::string algorithm = call.fields.string("urlalgorithm");
  if (algorithm.empty()) algorithm = call.fields.string("algorithm");
  const auto sum = crypto::digest_by_name(algorithm, *input);
  if (!sum) return base::invalid("unsupported algorithm " + algorithm);
  Json data = Json::object();
  data.set("sum", encoded(*sum, format));
  return Response::of(std::move(data));
}

}  // namespace

Paths tool_paths() {
  Path hashing;
  hashing.pattern = "tools/hash[/{urlalgorithm:any}]";
  hashing.fields = {
      {.name = "urlalgorithm", .description = "Algorithm to use (POST URL parameter)."},
      {.name = "input", .description = "The base64-encoded input data."},
      {.name = "algorithm", .description = "sha2-224, sha2-256, sha2-384, sha2-512, or sha3- with the same sizes.", .default_value = "sha2-256"},
      {.name = "format", .description = "Encoding format to use. Can be \"hex\" or \"base64\".", .default_value = "hex"}};
  hashing.handlers = {{.operation = Operation::update, .effect = Reads{hash}, .summary = "Generate a hash sum for input data."}};
  hashing.synopsis = "Generate a hash sum for input data.";

  Path generating;
  generating.pattern = "tools/random[/{source}][/{urlbytes:any}]";
  generating.fields = {
      {.name = "source", .description = "Which system to source random data from: platform, seal, or all."},
      {.name = "urlbytes", .description = "The number of bytes to generate (POST URL parameter)."},
      {.name = "bytes", .type = FieldType::integer, .description = "The number of bytes to generate.", .default_value = 32},
      {.name = "format", .description = "Encoding format to use. Can be \"hex\" or \"base64\".", .default_value = "base64"}};
  generating.handlers = {{.operation = Operation::update, .effect = Reads{random}, .summary = "Generate random bytes."}};
  generating.synopsis = "Generate random bytes.";

  Paths paths;
  paths.push_back(std::move(hashing));
  paths.push_back(std::move(generating));
  return paths;
}

}  // namespace bao::core::sys

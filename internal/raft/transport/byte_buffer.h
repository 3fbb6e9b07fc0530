// gRPC's buffers and calls, as strings.
#pragma once

#include <string>
#include <vector>

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/byte_buffer.h>

#ifdef __SANITIZE_THREAD__
extern "C" void AnnotateIgnoreReadsBegin(const char* file, int line);
extern "C" void AnnotateIgnoreReadsEnd(const char* file, int line);
#endif

namespace bao::raft {

// While it lives, ThreadSanitizer passes over what is read: bytes that gRPC's threads wrote, under locks that it can't see
// (tools/tsan.supp). A suppression alone would be looked up for every eight bytes, for minutes a megabyte.
struct ReadsWhatGrpcWrote {
#ifdef __SANITIZE_THREAD__
  ReadsWhatGrpcWrote() { AnnotateIgnoreReadsBegin(__FILE__, __LINE__); }
  ~ReadsWhatGrpcWrote() { AnnotateIgnoreReadsEnd(__FILE__, __LINE__); }
#else
  ReadsWhatGrpcWrote() {}
#endif
  ReadsWhatGrpcWrote(const ReadsWhatGrpcWrote&) = delete;
  ReadsWhatGrpcWrote& operator=(const ReadsWhatGrpcWrote&) = delete;
};

inline grpc::ByteBuffer buffer_of(const std::string& bytes) {
  grpc::Slice slice(bytes);
  return {&slice, 1};
}

inline std::string text_of(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string out;
  if (!buffer.Dump(&slices).ok()) return out;
  out.reserve(buffer.Length());
  const ReadsWhatGrpcWrote reading;
  for (const grpc::Slice& slice : slices) out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return out;
}

// PEM, of a peer that has proved to hold its key.
inline std::string certificate_of(const grpc::GenericCallbackServerContext& call) {
  const auto values = call.auth_context()->FindPropertyValues("x509_pem_cert");
  return values.empty() ? std::string() : std::string(values[0].data(), values[0].size());
}

}  // namespace bao::raft

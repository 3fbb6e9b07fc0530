// Owners for librnp's objects. Inside this folder only.
#pragma once

#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include <memory>
#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::crypto::pgp {

template <auto Free>
struct RnpFree {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Context = std::unique_ptr<rnp_ffi_st, RnpFree<rnp_ffi_destroy>>;
using Input = std::unique_ptr<rnp_input_st, RnpFree<rnp_input_destroy>>;
using Output = std::unique_ptr<rnp_output_st, RnpFree<rnp_output_destroy>>;
using KeyHandle = std::unique_ptr<rnp_key_handle_st, RnpFree<rnp_key_handle_destroy>>;
using KeyIterator = std::unique_ptr<rnp_identifier_iterator_st, RnpFree<rnp_identifier_iterator_destroy>>;
using Encryption = std::unique_ptr<rnp_op_encrypt_st, RnpFree<rnp_op_encrypt_destroy>>;
using Text = std::unique_ptr<char, RnpFree<rnp_buffer_destroy>>;

// Error: internal, with what failed and librnp's name for it.
inline base::Status done(rnp_result_t result, const char* what) {
  if (result == RNP_SUCCESS) return {};
  return base::internal(std::string(what) + ": " + rnp_result_to_string(result));
}

// Calls `make` with where to put an object, and owns what stands there.
template <typename Owner, typename Make>
base::Result<Owner> owned(const char* what, Make make) {
  typename Owner::pointer object = nullptr;
  const rnp_result_t result = make(&object);
  Owner owner(object);
  TRY(done(result, what));
  if (owner == nullptr) return base::internal(std::string(what) + ": nothing");
  return owner;
}

inline base::Result<Context> new_context() {
  return owned<Context>("librnp", [](rnp_ffi_t* at) { return rnp_ffi_create(at, RNP_KEYSTORE_GPG, RNP_KEYSTORE_GPG); });
}
// Reads from `bytes`, which outlive it.
inline base::Result<Input> input_of(std::string_view bytes) {
  return owned<Input>("librnp", [&](rnp_input_t* at) {
    return rnp_input_from_memory(at, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), false);
  });
}
inline base::Result<Output> output_of_at_most(size_t size) {
  return owned<Output>("librnp", [&](rnp_output_t* at) { return rnp_output_to_memory(at, size); });
}
// What was written so far; in the output's own memory.
inline base::Result<std::string_view> written(const Output& output) {
  uint8_t* bytes = nullptr;
  size_t size = 0;
  TRY(done(rnp_output_memory_get_buf(output.get(), &bytes, &size, false), "librnp"));
  return std::string_view(reinterpret_cast<const char*>(bytes), size);
}

}  // namespace bao::crypto::pgp

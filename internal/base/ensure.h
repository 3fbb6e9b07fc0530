// ENSURE(condition, text): a broken invariant ends the process with file, line and text; on in release too.
#pragma once

namespace bao::base {
[[noreturn]] void ensure_failed(const char* file, int line, const char* condition,
                                const char* text) noexcept;
}

#define ENSURE(condition, text)                                                   \
  do {                                                                            \
    if (!(condition)) [[unlikely]]                                                \
      ::bao::base::ensure_failed(__FILE__, __LINE__, #condition, text);           \
  } while (false)

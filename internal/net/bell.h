// Wakes a thread that waits in poll(): it adds `descriptor()` to what it waits for. Thread-safe.
#pragma once

namespace bao::net {

class Bell {
 public:
  Bell();
  ~Bell();
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;
  int descriptor() const { return descriptor_; }  // readable while it rings
  void ring();
  void silence();  // by the one that waits, before it looks at what the ringing was for

 private:
  const int descriptor_;
};

}  // namespace bao::net

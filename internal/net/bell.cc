#include "internal/net/bell.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "internal/base/ensure.h"

namespace bao::net {

Bell::Bell() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { ENSURE(descriptor_ >= 0, "no eventfd"); }
Bell::~Bell() { ::close(descriptor_); }
void Bell::ring() { (void)::eventfd_write(descriptor_, 1); }
void Bell::silence() {
  eventfd_t rung = 0;
  (void)::eventfd_read(descriptor_, &rung);
}

}  // namespace bao::net

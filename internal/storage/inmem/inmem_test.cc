#include "internal/storage/inmem/inmem.h"

#include "internal/storage/contract_test.h"

namespace bao::storage {
namespace {

INSTANTIATE_TEST_SUITE_P(Inmem, BackendContract, testing::Values(BackendMaker([] { return inmem::open(); })));

}  // namespace
}  // namespace bao::storage

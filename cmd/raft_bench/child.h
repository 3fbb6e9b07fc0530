// This program started again as another process, which is told lines and answers each with one. The answers are awaited.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

namespace bao::raft_bench {

class Child {
 public:
  explicit Child(const std::vector<std::string>& arguments);
  // Ends it by the end of its input, and waits.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  std::string ask(const std::string& line);
  std::string listen();

 private:
  pid_t process_ = -1;
  std::FILE *to_ = nullptr, *from_ = nullptr;
};

}  // namespace bao::raft_bench

// The only binary that users get. It has no commands yet and says so.
#include <cstdio>

int main() {
  std::fputs("bao: no command is implemented yet; README.md says what is there\n", stderr);
  return 1;
}

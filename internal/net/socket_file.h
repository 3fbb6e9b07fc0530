// Where a listening socket of the file system stands, and who may connect to it.
#pragma once

#include <string>

namespace bao::net {

struct SocketFile {
  std::string path;
  std::string mode;         // octal digits; "": 0777 without what the process's umask takes away
  std::string user, group;  // names or numbers; "": the process's
};

}  // namespace bao::net

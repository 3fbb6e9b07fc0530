// Keeps a database file mapped. SQLite unmaps the file whenever a reader finds that something was committed, and maps it
// anew for the first page read: under steady writing two system calls, page faults and an interrupt of other processors
// for each transaction.
#pragma once

struct sqlite3;

namespace bao::sqlite {

// For a connection of SQLite's own file layers whose database never shrinks (nothing here vacuums). Pages behind the end
// of a mapping are read by system calls; it is renewed now and then, so that it follows the growing file.
void keep_mapping(sqlite3* db);

}  // namespace bao::sqlite

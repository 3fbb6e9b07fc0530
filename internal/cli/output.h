// Answers printed in the format asked for (openbao-cli.md 1.7). Each returns the exit status: 1 when a format cannot show it.
#pragma once

#include <string_view>

#include "internal/cli/secret.h"
#include "internal/cli/ui.h"
#include "internal/codec/json.h"

namespace bao::cli {

int print_secret(Ui& ui, const Secret& secret);
// The keys of a list; its whole envelope with -detailed.
int print_list(Ui& ui, const Secret& secret);
// An object as a Key/Value table, a list as lines; as it is in other formats.
int print_data(Ui& ui, const codec::Json& data);
// A body as it came, for -format=raw.
int print_raw(Ui& ui, std::string_view body);
// The value of -field `name`, which may be missing (null).
int print_field(Ui& ui, const codec::Json* value, std::string_view name);
int print_field(Ui& ui, const Secret& secret, std::string_view name);
// To stderr, wrapped; only for tables.
void print_warnings(Ui& ui, const Secret& secret);
// "Key Value" lines of an object, keys sorted; empty when there is nothing.
std::string key_value_table(const codec::Json& object);

}  // namespace bao::cli

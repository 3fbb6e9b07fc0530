#include "internal/migration/migrate.h"

#include "internal/base/log.h"
#include "internal/migration/destination.h"
#include "internal/migration/replay.h"
#include "internal/migration/source.h"

namespace bao::migration {
namespace {

struct Wish {
  std::string config, start;
  bool reset = false;
};

base::Result<Wish> wish_of(const cli::FlagValues& flags) {
  base::LogLevel level = base::LogLevel::info;
  const std::string& log_level = flags.text("log-level");
  if (!base::parse_log_level(log_level, level)) {
    return base::invalid(log_level + " is an unknown log level. Valid log levels are: [trace debug info warn error]");
  }
  base::set_log_level(level);
  if (flags.integer("max-parallel") < 1) {
    return base::invalid("Argument to flag -max-parallel must be between 1 and 9223372036854775807");
  }
  if (flags.text("config").empty()) return base::invalid("Must specify exactly one config path using -config");
  return Wish{flags.text("config"), flags.text("start"), flags.boolean("reset")};
}

// The records first, then what the log has beyond them.
base::Status copy(Source& source, Destination& destination, const std::string& start) {
  uint64_t copied = 0;
  TRY(source.each([&](std::string_view key, std::string_view value) -> base::Status {
    if (key < start) return {};
    base::log_debug("migrate", "copied key", {{"path", std::string(key)}});
    ++copied;
    return destination.put(key, value);
  }));
  TRY(destination.flush());
  Replay replay(destination.storage());
  TRY(source.each_unapplied([&](std::string_view command) -> base::Status {
    if (!start.empty()) return base::invalid("-start: the source's log has entries that its data lacks; migrate without -start");
    return replay.apply(command);
  }));
  base::log_info("migrate", "copied", {{"keys", std::to_string(copied)},
                                       {"entries_of_the_log", std::to_string(replay.applied())},
                                       {"refused_entries", std::to_string(replay.refused())}});
  return {};
}

base::Status refuse_unfinished(Source& source) {
  return source.each([](std::string_view key, std::string_view) {
    return key == kMark ? base::Status(base::invalid("the source holds an unfinished migration (core/migration)")) : base::Status();
  });
}

base::Status migrate(const config::Migration& migration, const Wish& wish) {
  if (migration.source.path == migration.destination.path) return base::invalid("source and destination are one folder: choose an empty one");
  std::unique_ptr<Source> source;
  if (!wish.reset) {
    auto opened = open_source(migration.source);
    if (!opened.ok()) return opened.error().within("error mounting 'storage_source'");
    source = std::move(*opened);
    TRY(refuse_unfinished(*source));
    if (const std::string remark = source->remark(); !remark.empty()) base::log_info("migrate", remark);
  }
  auto destination = Destination::open(migration);
  if (!destination.ok()) return destination.error().within("error mounting 'storage_destination'");
  if (wish.reset) return destination->take_away_mark();
  if (const base::Status begun = destination->begin(wish.start); !begun.ok()) return begun.error().within("storage_destination");
  TRY(copy(*source, *destination, wish.start));
  return destination->finish();
}

}  // namespace

int run(cli::Invocation& run) {
  const auto wish = wish_of(run.flags());
  if (!wish.ok()) return run.fail(1, wish.error().message());
  const auto migration = config::load_migration(wish->config);
  if (!migration.ok()) return run.fail(1, "Error loading configuration from " + wish->config + ": " + migration.error().message());
  if (const base::Status done = migrate(*migration, *wish); !done.ok()) return run.fail(2, "Error migrating: " + done.error().message());
  return run.succeed(wish->reset ? "Success! Migration lock reset (if it was set)." : "Success! All of the keys have been migrated.");
}

}  // namespace bao::migration

package dev.lora4j.server.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.library.AdapterCache;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.library.AdapterRefusalException;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.library.UnknownAdapterException;
import dev.lora4j.server.library.UnusableAdapterException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import picocli.CommandLine.Option;

/** Options of which adapters are in memory before they are asked for, and how many stay. */
final class MemoryOptions {
  private static final long MEBIBYTE = 1L << 20;
  private static final String ALL = "all";

  @Option(
      names = "--adapter-memory",
      paramLabel = "MIB",
      description =
          "Memory for adapters that nobody is using, for each base (default: ${DEFAULT-VALUE}).",
      defaultValue = "1024")
  private long memory;

  @Option(
      names = "--pin",
      paramLabel = "NAME",
      description =
          "Load an adapter at the start and keep it in memory. May be given several times.")
  private List<String> pinned = new ArrayList<>();

  @Option(
      names = "--preload",
      paramLabel = "NAME|all",
      description =
          "Load an adapter at the start, or all that have room, so that no request waits for it. May"
              + " be given several times.")
  private List<String> preloaded = new ArrayList<>();

  /** Refuses what cannot be meant. */
  void require() {
    if (memory < 0) {
      throw Failure.usage("--adapter-memory must be at least 0, found " + memory + ".");
    }
  }

  /** Bytes of adapters in memory, for each base. */
  long bytes() {
    return memory * MEBIBYTE;
  }

  /**
   * Loads what the options name, for each base that it fits.
   *
   * @throws Failure if there is no such adapter, it fits no base, or the memory is too small
   */
  void load(Console console, ModelCatalogue catalogue) {
    for (String name : pinned) {
      load(catalogue, "--pin", name, (cache, one) -> cache.pin(Tenant.SHARED, one));
    }
    for (String name : preloaded) {
      if (name.equals(ALL)) {
        all(console, catalogue);
      } else {
        load(catalogue, "--preload", name, (cache, one) -> cache.preload(Tenant.SHARED, one));
      }
    }
  }

  private static void load(
      ModelCatalogue catalogue, String option, String name, BiConsumer<AdapterCache, String> load) {
    Optional<UnusableAdapterException> trouble;
    try {
      trouble = taken(catalogue, name, load);
    } catch (UnknownAdapterException | AdapterRefusalException e) {
      throw new Failure(option + ": " + e.getMessage(), e);
    }
    trouble.ifPresent(
        e -> {
          throw new Failure(option + ": " + e.getMessage(), e);
        });
  }

  /** Why no base takes an adapter; empty if one does. */
  private static Optional<UnusableAdapterException> taken(
      ModelCatalogue catalogue, String name, BiConsumer<AdapterCache, String> load) {
    Optional<UnusableAdapterException> trouble = Optional.empty();
    boolean taken = false;
    for (AdapterCache cache : catalogue.caches()) {
      try {
        load.accept(cache, name);
        taken = true;
      } catch (UnusableAdapterException e) {
        trouble = trouble.or(() -> Optional.of(e));
      }
    }
    return taken ? Optional.empty() : trouble;
  }

  /** Loads all until there is no more room, which is no error: the rest is loaded when used. */
  private static void all(Console console, ModelCatalogue catalogue) {
    long began = System.nanoTime();
    List<AdapterFile> files = catalogue.adapters(Tenant.SHARED);
    long evicted = evictions(catalogue);
    int loaded = 0;
    int unfit = 0;
    for (AdapterFile file : files) {
      boolean fits =
          taken(catalogue, file.key().name(), (cache, one) -> cache.preload(Tenant.SHARED, one))
              .isEmpty();
      loaded += fits ? 1 : 0;
      unfit += fits ? 0 : 1;
      if (evictions(catalogue) > evicted) {
        console.note(
            "--adapter-memory has no room for more than "
                + (loaded - 1)
                + " of "
                + files.size()
                + " adapters; the others are loaded when they are used.");
        break;
      }
    }
    console.note(
        "Loaded "
            + loaded
            + " adapters in "
            + Durations.since(began)
            + (unfit == 0 ? "." : "; " + unfit + " fit no base that is served."));
  }

  private static long evictions(ModelCatalogue catalogue) {
    return catalogue.caches().stream().mapToLong(cache -> cache.counts().evictions()).sum();
  }
}

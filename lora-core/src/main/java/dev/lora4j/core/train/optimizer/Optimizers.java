package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.spi.NearestNames;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * The optimisers that there are, by name. Names are found whatever their case and with or without
 * underscores, and by those that kohya's sd-scripts has for them.
 */
public final class Optimizers {
  /** One with its defaults, what else it is called, and how settings make another of it. */
  private record Kind(Optimizer preset, List<String> aliases, Function<Settings, Optimizer> make) {
    boolean named(String name) {
      return plain(preset.name()).equals(name) || aliases.contains(name);
    }
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind(AdamW.DEFAULT, List.of(), AdamW::of),
          new Kind(Lion.DEFAULT, List.of(), Lion::of),
          new Kind(Adafactor.DEFAULT, List.of(), Adafactor::of),
          new Kind(Prodigy.DEFAULT, List.of(), Prodigy::of),
          new Kind(ScheduleFreeAdamW.DEFAULT, List.of("adamwschedulefree"), ScheduleFreeAdamW::of));

  private Optimizers() {}

  /** All optimisers, each with its defaults. */
  public static List<Optimizer> all() {
    return KINDS.stream().map(Kind::preset).toList();
  }

  /**
   * The optimiser called {@code name}, with its defaults.
   *
   * @throws IllegalArgumentException naming the nearest and all, if there is none
   */
  public static Optimizer named(String name) {
    return named(name, Map.of());
  }

  /**
   * The optimiser called {@code name} with some settings other than its defaults.
   *
   * @param settings by the names of the reference implementation, with {@code beta1} and {@code
   *     beta2} for {@code betas}; 0 and 1 for what is off or on
   * @throws IllegalArgumentException naming the nearest and all, if there is no such optimiser or
   *     setting; or telling what numbers it may be
   */
  public static Optimizer named(String name, Map<String, Double> settings) {
    Kind kind = kind(name);
    Settings given = new Settings(settings);
    Optimizer made = kind.make().apply(given);
    given.requireGood(kind.preset().name());
    return made;
  }

  private static Kind kind(String name) {
    String plain = plain(name);
    return KINDS.stream()
        .filter(k -> k.named(plain))
        .findFirst()
        .orElseThrow(
            () -> {
              List<String> names = all().stream().map(Optimizer::name).toList();
              return new IllegalArgumentException(
                  "There is no optimiser '"
                      + name
                      + "', the nearest is '"
                      + NearestNames.of(name.toLowerCase(Locale.ROOT), names, 1).get(0)
                      + "'; there are "
                      + String.join(", ", names)
                      + ".");
            });
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "");
  }
}

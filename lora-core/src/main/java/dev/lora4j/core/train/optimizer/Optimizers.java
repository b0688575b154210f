package dev.lora4j.core.train.optimizer;

import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.ExtensionInfo;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The optimisers that there are, this library's and those that plug-ins bring. Names are found
 * whatever their case and with or without underscores, and by those that kohya's sd-scripts,
 * transformers and bitsandbytes have for them.
 */
public final class Optimizers {
  private static final Map<String, String> ALIASES =
      Map.of(
          "adamwschedulefree", "schedule_free_adamw",
          "adamwbnb8bit", "adamw8bit",
          "adamwtorch", "adamw",
          "adamwtorchfused", "adamw");

  /** Beginning of names of optimizers whose state the system may put elsewhere. */
  private static final String PAGED = "paged";

  /** End of names of those whose state is of F32, which it is where nothing else is said. */
  private static final String FULL = "32bit";

  private Optimizers() {}

  /** All optimizers, each with its defaults. */
  public static List<Optimizer> all() {
    return List.copyOf(Extensions.installed().shared(Optimizer.class).values());
  }

  /**
   * The optimizer called {@code name}, with its defaults.
   *
   * @throws ExtensionException naming the nearest and all, if there is none
   */
  public static Optimizer named(String name) {
    return named(name, Map.of());
  }

  /**
   * The optimizer called {@code name} with some settings other than its defaults.
   *
   * @param settings by the names of the reference implementation, with {@code beta1} and {@code
   *     beta2} for {@code betas}
   * @throws ExtensionException naming the nearest and all, if there is no such optimizer or
   *     setting; or telling what values it takes
   */
  public static Optimizer named(String name, Map<String, ?> settings) {
    ExtensionRequest request = new ExtensionRequest(known(name), Map.copyOf(settings));
    return Extensions.installed().make(Optimizer.class, request);
  }

  /**
   * Returns true if a name says that the optimizer's state lies in a mapped file, as those of
   * bitsandbytes' paged optimizers do: {@code PagedAdamW8bit}, {@code paged_lion_32bit}.
   */
  public static boolean paged(String name) {
    return installed(plain(name)).isEmpty() && plain(name).startsWith(PAGED);
  }

  /** Stable name of an optimizer; {@code name} itself if it is unknown. */
  private static String known(String name) {
    String whole = plain(name);
    String plain = paged(name) ? whole.substring(PAGED.length()) : whole;
    String full = plain.endsWith(FULL) ? plain.substring(0, plain.length() - FULL.length()) : plain;
    return installed(plain)
        .or(() -> installed(full))
        .orElseGet(() -> ALIASES.getOrDefault(plain, name));
  }

  /** Stable name of an installed optimizer. */
  private static Optional<String> installed(String plain) {
    return Extensions.installed().list(Optimizer.class).stream()
        .map(Extensions.Installed::info)
        .map(ExtensionInfo::name)
        .filter(n -> plain(n).equals(plain))
        .findFirst();
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "");
  }
}

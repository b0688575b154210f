package dev.lora4j.core.model;

import dev.lora4j.spi.Extensions;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/** Finds the one extension of a point that knows a {@code config.json}. */
public final class ConfiguredExtensions {
  private ConfiguredExtensions() {}

  /**
   * The extension that knows a configuration.
   *
   * @param recognises whether an extension does
   * @param kind what the extensions are, for example {@code kind of denoiser}
   * @param described description by the configuration, for example {@code model_type 't5'}
   * @throws ModelException if none knows it, which lists those that there are with what they read,
   *     or if several claim it
   */
  public static <F> F of(
      Class<F> point,
      BiPredicate<F, ConfigFile> recognises,
      ConfigFile config,
      String kind,
      String described) {
    Extensions installed = Extensions.installed();
    List<Map.Entry<String, F>> knowing =
        installed.shared(point).entrySet().stream()
            .filter(
                e ->
                    installed.ask(e.getValue(), () -> recognises.test(e.getValue(), config), false))
            .toList();
    if (knowing.size() == 1) {
      return knowing.get(0).getValue();
    }
    throw new ModelException(
        config.file()
            + ": "
            + (knowing.isEmpty()
                ? "no " + kind + " knows " + described + "; there are " + known(installed, point)
                : described
                    + " is claimed by more than one "
                    + kind
                    + ": "
                    + knowing.stream().map(Map.Entry::getKey).collect(Collectors.joining(" and ")))
            + ".");
  }

  private static String known(Extensions installed, Class<?> point) {
    return installed.list(point).stream()
        .map(each -> each.info().name() + " (" + each.info().help() + ")")
        .collect(Collectors.joining(", "));
  }
}

package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.spi.Extensions;
import dev.lora4j.diffusion.denoiser.DenoiserFamily;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** The kinds of denoisers that there are, with those that plug-ins bring. */
final class DenoiserFamilies {
  private DenoiserFamilies() {}

  /**
   * The denoiser of a configuration.
   *
   * @throws ModelException if no kind knows it, or several claim it
   */
  static DenoiserNetwork network(ConfigFile config) {
    SortedMap<String, DenoiserFamily> all = Extensions.installed().shared(DenoiserFamily.class);
    List<String> names =
        all.entrySet().stream()
            .filter(e -> e.getValue().recognises(config))
            .map(Map.Entry::getKey)
            .toList();
    if (names.size() != 1) {
      String described = "_class_name '" + config.text("_class_name", "") + "'";
      throw new ModelException(
          config.file()
              + ": "
              + (names.isEmpty()
                  ? "no kind of denoiser knows " + described + "; there are " + known() + "."
                  : described
                      + " is claimed by the kinds of denoisers "
                      + String.join(" and ", names)
                      + "."));
    }
    return Extensions.installed().shared(DenoiserFamily.class, names.get(0)).network(config);
  }

  /** What there is, with what each reads. */
  private static String known() {
    return Extensions.installed().list(DenoiserFamily.class).stream()
        .map(each -> each.info().name() + " (" + each.info().help() + ")")
        .collect(Collectors.joining(", "));
  }
}

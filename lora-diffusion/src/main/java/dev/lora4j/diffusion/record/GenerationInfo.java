package dev.lora4j.diffusion.record;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.diffusion.base.DiffusionModel;
import java.util.ArrayList;
import java.util.List;

/**
 * Generation info: all that decides about a picture's last bits, besides the request.
 *
 * @param base the base's name
 * @param baseHash SHA-256 of its weights, in hexadecimal
 * @param denoiser name of the file that its denoiser is taken from; empty where that is the base's
 * @param configuration a digest of its configuration: sizes, what it predicts, noise schedule
 * @param compute the type that networks computed in, and after a blank how weights were rounded
 * @param device where they ran
 * @param threads threads inside one operator
 * @param engine name and version of the native library
 * @param route how adapters took part: {@code none}, {@code patched} if merged, {@code beside} if
 *     unmerged
 * @param batch pictures that were made at once
 * @param row which of them this is, from 0
 * @param notes notes about the route of adapters, for people
 */
public record GenerationInfo(
    String base,
    String baseHash,
    String denoiser,
    String configuration,
    String compute,
    String device,
    int threads,
    String engine,
    String route,
    int batch,
    int row,
    List<String> notes) {
  /** Copies the list; records of before have neither it, the denoiser nor the configuration. */
  @SuppressWarnings("NullAway") // where a file has none, Gson gives null
  public GenerationInfo {
    denoiser = denoiser == null ? "" : denoiser;
    configuration = configuration == null ? "" : configuration;
    notes = notes == null ? List.of() : List.copyOf(notes);
  }

  /**
   * Circumstances of a picture on a base.
   *
   * @param row place of the picture in its batch
   */
  public static GenerationInfo of(
      DiffusionModel base, Engine engine, String route, int batch, int row, List<String> notes) {
    return new GenerationInfo(
        String.valueOf(base.path().toAbsolutePath().normalize().getFileName()),
        base.hash(),
        base.denoiserFile().map(file -> String.valueOf(file.getFileName())).orElse(""),
        base.configuration(),
        base.precision().text(),
        engine.device().toString(),
        engine.threads(),
        engine.version(),
        route,
        batch,
        row,
        notes);
  }

  /** Differences from {@code other}, for people; empty if the same bits may be expected. */
  public List<String> differences(GenerationInfo other) {
    List<String> all = new ArrayList<>();
    compare(all, "the base's weights", shorter(baseHash), shorter(other.baseHash));
    if (!configuration.isEmpty()) {
      compare(all, "the base's configuration", configuration, other.configuration);
    }
    compare(all, "the precision", compute, other.compute);
    compare(all, "the device", device, other.device);
    compare(all, "the number of threads", "" + threads, "" + other.threads);
    compare(all, "the native library", engine, other.engine);
    compare(all, "the adapters' route", route, other.route);
    compare(all, "the size of the batch", "" + batch, "" + other.batch);
    return all;
  }

  private static String shorter(String hash) {
    return hash.substring(0, Math.min(12, hash.length()));
  }

  private static void compare(List<String> all, String what, String before, String now) {
    if (!before.equals(now)) {
      all.add(what + ": " + before + " then, " + now + " now");
    }
  }
}

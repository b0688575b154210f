package dev.lora4j.cli.generate;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.spi.ExtensionRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Report of generated pictures.
 *
 * @param leaked what adapters with a region changed, of each file where that was measured
 * @param compared how a picture that was made again compares with its file, if it was
 * @param seconds that it took
 */
record PictureReport(
    List<WrittenPicture> made,
    Map<Path, List<String>> leaked,
    Optional<List<String>> compared,
    double seconds) {
  /** Report without leakage. */
  static PictureReport of(
      List<WrittenPicture> made, Optional<List<String>> compared, double seconds) {
    return new PictureReport(made, Map.of(), compared, seconds);
  }

  /** Measures it, which makes pictures once more. */
  static PictureReport withLeakage(
      List<WrittenPicture> made,
      Optional<List<String>> compared,
      double seconds,
      StableDiffusion sd) {
    Map<Path, List<String>> leaked = new LinkedHashMap<>();
    made.forEach(m -> leaked.put(m.file(), LeakageReport.lines(sd, m.image())));
    return new PictureReport(made, leaked, compared, seconds);
  }

  private List<MixPlan.Part> parts() {
    return made.stream()
        .flatMap(m -> m.image().prompt().mix().parts().stream())
        .distinct()
        .toList();
  }

  private EmbeddingReport embeddings() {
    return new EmbeddingReport(made.stream().map(m -> m.image().prompt()).toList());
  }

  private static String mixer(Prompt prompt) {
    return prompt.mixer().map(m -> ExtensionRequest.of(m).text()).orElse("");
  }

  /** JSON for programs. */
  Json json(OpenModel model, Map<String, Path> files) {
    List<Map<String, Object>> pictures = new ArrayList<>();
    for (WrittenPicture one : made) {
      pictures.add(
          new Json()
              .put("file", one.file().toString())
              .put("prompt", one.image().prompt().text())
              .put("seed", one.image().prompt().seed())
              .put("mixer", mixer(one.image().prompt()))
              .put("route", one.image().info().route())
              .put("notes", one.image().info().notes())
              .put("leakage", leaked.getOrDefault(one.file(), List.of()))
              .fields());
    }
    Json all =
        new Json()
            .put("pictures", pictures)
            .put("adapters", MixReport.json(parts(), files))
            .put("embeddings", embeddings().json())
            .put("base", model.sd().base().path().toString())
            .put("compute", model.sd().base().precision().text())
            .put("device", model.engine().device().toString())
            .put("seconds", seconds);
    return compared.map(lines -> all.put("compared", lines)).orElse(all);
  }

  /** Text for people. */
  void print(Console console) {
    Map<Path, List<String>> seeds = new LinkedHashMap<>();
    for (WrittenPicture one : made) {
      String seed = Long.toString(one.image().prompt().seed());
      List<String> all = seeds.computeIfAbsent(one.file(), f -> new ArrayList<>());
      if (!all.contains(seed)) {
        all.add(seed);
      }
    }
    seeds.forEach((file, all) -> console.print(file + "  seed " + String.join(", ", all)));
    MixReport.lines(parts()).forEach(line -> console.print("  " + line));
    made.stream()
        .map(m -> mixer(m.image().prompt()))
        .filter(m -> !m.isEmpty())
        .distinct()
        .forEach(m -> console.print("  blended by " + m));
    embeddings().lines().forEach(line -> console.print("  " + line));
    leaked.forEach(
        (file, lines) -> lines.forEach(line -> console.print("  " + file + ": " + line)));
    compared.orElse(List.of()).forEach(line -> console.print("  " + line));
    made.stream().flatMap(m -> m.image().info().notes().stream()).distinct().forEach(console::note);
    console.note("Done in " + Durations.text(seconds) + ".");
  }
}

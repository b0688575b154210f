package dev.lora4j.cli.adapter;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.format.checkpoint.CheckpointException;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.quantised.file.QuantisedTensors;
import dev.lora4j.core.safetensors.SafetensorsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Kind of base of a checkpoint, and the number of its layers that adapters can be for.
 *
 * @param base its kind; the name is empty for none that is known
 * @param original whether it is in the layout that its kind was first published in
 * @param layers how many layers each of its models has
 * @param missing layers that its kind has and it has not, of the models that it has
 * @param fewBits how many weights are quantised, by their type
 */
record BaseReport(
    Family base,
    boolean original,
    Map<String, Long> layers,
    List<String> missing,
    Map<String, Long> fewBits) {
  private static final int SHOWN = 3;

  /** Report of a file or folder; empty if no base can be read from it. */
  static Optional<BaseReport> of(Path path) {
    try (BaseCheckpoint checkpoint = BaseCheckpoint.open(path)) {
      return Optional.of(of(checkpoint));
    } catch (CheckpointException | SafetensorsException e) {
      return Optional.empty();
    }
  }

  private static BaseReport of(BaseCheckpoint checkpoint) {
    Family base = checkpoint.base();
    Map<String, Long> layers =
        base.sites().all().stream()
            .collect(
                Collectors.groupingBy(
                    BaseReport::model, LinkedHashMap::new, Collectors.counting()));
    List<String> missing =
        Families.all().stream()
            .filter(f -> f.name().equals(base.name()))
            .flatMap(f -> f.sites().all().stream())
            .filter(s -> layers.containsKey(model(s)) && base.sites().find(s.name()).isEmpty())
            .map(Site::name)
            .toList();
    return new BaseReport(base, checkpoint.original(), layers, missing, fewBits(checkpoint));
  }

  private static Map<String, Long> fewBits(BaseCheckpoint checkpoint) {
    Map<String, Long> all = new TreeMap<>();
    for (String part : checkpoint.parts().keySet()) {
      QuantisedTensors numbers = checkpoint.numbers(part);
      numbers.tensors().keySet().stream()
          .filter(numbers::encoded)
          .forEach(name -> all.merge(numbers.type(name), 1L, Long::sum));
    }
    return all;
  }

  private static String model(Site site) {
    return site.name().substring(0, Math.max(0, site.name().indexOf('.')));
  }

  /** True if it is of a known family. */
  boolean known() {
    return !base.name().isEmpty();
  }

  /** Text for people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (known()) {
      String layout = original ? "its original layout" : "diffusers' layout";
      lines.add("Base: " + base.title() + " (" + base.name() + ") in " + layout);
      lines.add(
          "  layers: "
              + layers.entrySet().stream()
                  .map(e -> e.getKey() + " " + e.getValue())
                  .collect(Collectors.joining(", ")));
    } else {
      long all = layers.values().stream().mapToLong(Long::longValue).sum();
      lines.add("Base: of no kind that is known by name; " + all + " layers");
    }
    if (!fewBits.isEmpty()) {
      lines.add(
          "  weights in few bits: "
              + fewBits.entrySet().stream()
                  .map(e -> e.getKey() + " " + e.getValue())
                  .collect(Collectors.joining(", ")));
    }
    if (!missing.isEmpty()) {
      lines.add(
          "  without "
              + missing.size()
              + " layers of its kind: "
              + missing.stream().limit(SHOWN).collect(Collectors.joining(", "))
              + (missing.size() > SHOWN ? ", ..." : ""));
    }
    return lines;
  }

  /** JSON for programs. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("family", base.name());
    json.put("title", base.title());
    json.put("originalLayout", original);
    json.put("layers", layers);
    json.put("missing", missing);
    json.put("fewBits", fewBits);
    return json;
  }
}

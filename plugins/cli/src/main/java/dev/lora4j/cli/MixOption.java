package dev.lora4j.cli;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.diffusion.clip.LoraTags;
import dev.lora4j.diffusion.pipeline.Prompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The adapters that take part in a picture. */
final class MixOption {
  private static final int WIDTH = 600;

  @Option(
      names = "--lora",
      paramLabel = "FILE[:WEIGHT[:FROM-TO]]",
      converter = LoraOption.Reader.class,
      description =
          "Adapter to blend in, its weight (default: 1), and the share of the steps in which it"
              + " takes part, for example ink.safetensors:0.7:0.5-1. May be given several times.")
  List<LoraOption> loras = new ArrayList<>();

  @Option(
      names = "--lora-dir",
      paramLabel = "DIR",
      description =
          "Folder of the adapters that prompts name, as in <lora:ink:0.7> (default: the current"
              + " folder).")
  Optional<Path> folder = Optional.empty();

  private final Map<Path, Adapter> files = new LinkedHashMap<>();

  @Mixin final PartialOption partial = new PartialOption();

  /** Complains about missing files before anything slow begins. */
  void requireFiles() {
    loras.forEach(l -> ExistingPath.file(l.file()));
    folder.ifPresent(ExistingPath::folder);
  }

  /** Reads the adapters. */
  MixPlan plan(Console console, OpenModel model) {
    MixPlan plan = MixPlan.NONE;
    for (LoraOption lora : loras) {
      plan = plan.with(read(console, model, lora.file()), lora.weight());
    }
    return plan;
  }

  /** A prompt whose tags have become adapters, after those of {@code plan}. */
  Prompt tagged(Console console, OpenModel model, Prompt prompt, MixPlan plan) {
    LoraTags tags = tags(prompt);
    MixPlan all = plan;
    for (LoraTags.Tag tag : tags.tags()) {
      Path file = new LoraFolder(folder.orElse(Path.of("."))).require(tag.name());
      all = all.with(read(console, model, file), tag.weight());
    }
    return prompt.text(tags.text()).mix(all);
  }

  private static LoraTags tags(Prompt prompt) {
    try {
      return LoraTags.of(prompt.text());
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  private Adapter read(Console console, OpenModel model, Path file) {
    Adapter known = files.get(file);
    if (known != null) {
      return known;
    }
    LoadedAdapter loaded = model.sd().load(file, partial.options());
    loaded.warnings().forEach(w -> console.note(file + ": " + Printable.of(w, WIDTH)));
    files.put(file, loaded.adapter());
    return loaded.adapter();
  }

  /** The adapters that took part, one line each. */
  List<String> lines(List<MixPlan.Part> parts) {
    List<String> lines = new ArrayList<>();
    for (MixPlan.Part part : parts) {
      Weight weight = part.weight();
      String steps =
          weight.constant()
              ? ""
              : String.format(
                  Locale.ROOT,
                  " at %.0f-%.0f %% of the steps",
                  100 * weight.from(),
                  100 * weight.to());
      String identity = part.adapter().identity();
      lines.add(
          part.adapter().name() + " weight " + weight.value() + steps + ", identity " + identity);
    }
    return lines;
  }

  /** The same for programs. */
  List<Map<String, Object>> json(List<MixPlan.Part> parts) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (MixPlan.Part part : parts) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", part.adapter().name());
      files.forEach(
          (file, adapter) -> {
            if (adapter.equals(part.adapter())) {
              one.put("file", file.toString());
            }
          });
      one.put("identity", part.adapter().identity());
      one.put("weight", part.weight().value());
      one.put("from", part.weight().from());
      one.put("to", part.weight().to());
      all.add(one);
    }
    return all;
  }
}

package dev.lora4j.cli;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.mix.BlockWeights;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.SiteShares;
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
      names = "--blocks",
      paramLabel = "NAME=BLOCK:SHARE,...",
      description =
          "How much of an adapter's weight counts in which block of the base, for example"
              + " ink=BASE:0,IN:0.5,OUT03-05:0.2 (default: all of it in each), or one number for"
              + " each block. NAME is that of the adapter's file, without its ending.")
  private Map<String, String> blocks = new LinkedHashMap<>();

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
      plan = with(model, plan, read(console, model, lora.file()), lora.weight());
    }
    return plan;
  }

  private MixPlan with(OpenModel model, MixPlan plan, Adapter adapter, Weight weight) {
    return plan.with(adapter, weight, shares(model, blocks.getOrDefault(adapter.name(), "")));
  }

  /** What block weights mean for a base. */
  static SiteShares shares(OpenModel model, String text) {
    try {
      return text.isEmpty() ? SiteShares.ALL : BlockWeights.of(text, model.sd().sites());
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  /** Complains about block weights of adapters that do not take part. */
  private void requireBlocksUsed(MixPlan plan) {
    List<String> names = plan.adapters().stream().map(Adapter::name).toList();
    for (String name : blocks.keySet()) {
      if (!names.contains(name)) {
        throw new Failure(
            "--blocks is for "
                + name
                + ", but the adapters that take part are "
                + (names.isEmpty() ? "none" : String.join(", ", names))
                + ".");
      }
    }
  }

  /** A prompt whose tags have become adapters, after those of {@code plan}. */
  Prompt tagged(Console console, OpenModel model, Prompt prompt, MixPlan plan) {
    LoraTags tags = tags(prompt);
    MixPlan all = plan;
    for (LoraTags.Tag tag : tags.tags()) {
      Path file = new LoraFolder(folder.orElse(Path.of("."))).require(tag.name());
      all = with(model, all, read(console, model, file), Weight.of(tag.weight()));
    }
    requireBlocksUsed(all);
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
          part.adapter().name()
              + " weight "
              + weight.value()
              + steps
              + (part.shares().all() ? "" : ", by blocks " + part.shares().text())
              + ", identity "
              + identity);
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
      if (!part.shares().all()) {
        one.put("blocks", part.shares().text());
      }
      all.add(one);
    }
    return all;
  }
}

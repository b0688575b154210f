package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.BlockWeights;
import dev.lora4j.core.mix.SiteWeights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** Options of the weights of adapters in blocks of the base, by the adapters' names. */
public final class BlockWeightOptions {
  @Option(
      names = "--lora-te",
      paramLabel = "NAME=WEIGHT",
      description =
          "An adapter's weight at the text encoders (default: the one it has at the denoiser;"
              + " where that depends on the step, the value while it takes part, and of a curve"
              + " the one farthest from 0). NAME is that of the adapter's file, without its"
              + " ending.")
  private Map<String, Double> textWeights = new LinkedHashMap<>();

  @Option(
      names = "--blocks",
      paramLabel = "NAME=BLOCK:SHARE,...",
      description =
          "How much of an adapter's weight counts in which block of the base, for example"
              + " ink=BASE:0,IN:0.5,OUT03-05:0.2 (default: all of it in each), or one number for"
              + " each block. NAME is that of the adapter's file, without its ending.")
  private Map<String, String> blocks = new LinkedHashMap<>();

  /** Refuses what no base could have blocks for, before anything slow begins. */
  public void require() {
    textWeights.forEach(
        (name, weight) -> {
          if (!Double.isFinite(weight)) {
            throw Failure.usage("--lora-te " + name + "=" + weight + ": the weight is no number.");
          }
        });
    blocks.forEach(
        (name, text) -> {
          try {
            BlockWeights.requireForm(text);
          } catch (IllegalArgumentException e) {
            throw Failure.usage("--blocks " + name + ": " + e.getMessage());
          }
        });
  }

  /** An adapter's own weight at the text encoders. */
  public Optional<Double> text(Adapter adapter) {
    return Optional.ofNullable(textWeights.get(adapter.name()));
  }

  /** An adapter's shares by the blocks of a base. */
  public SiteWeights shares(Adapter adapter, SiteCatalogue sites) {
    return shares(blocks.getOrDefault(adapter.name(), ""), sites);
  }

  /** Weights of a base's sites, of a text with block weights. */
  public static SiteWeights shares(String text, SiteCatalogue sites) {
    try {
      return text.isEmpty() ? SiteWeights.ALL : BlockWeights.of(text, sites);
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  /** Refuses block weights of adapters that do not take part. */
  public void requireUsed(List<String> names) {
    requireUsed(names, "--blocks", blocks.keySet());
    requireUsed(names, "--lora-te", textWeights.keySet());
  }

  /** Likewise of another option. */
  public static void requireUsed(List<String> names, String option, Set<String> said) {
    for (String name : said) {
      if (!names.contains(name)) {
        throw Failure.usage(
            option
                + " is for "
                + name
                + ", but the adapters that take part are "
                + (names.isEmpty() ? "none" : String.join(", ", names))
                + ".");
      }
    }
  }
}

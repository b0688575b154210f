package dev.lora4j.cli.train;

import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.adapter.lora.SharedDownTraining;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.diffusion.config.RunSettings;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Recipe of a training with the down factors of another adapter.
 *
 * @param file file of the adapter
 * @param loaded its content
 * @param rankAsked whether something set the rank, which is that of the adapter otherwise
 * @param alphaAsked alpha, if something set it; the rank otherwise
 */
public record SharedDown(
    Path file, LoadedAdapter loaded, boolean rankAsked, Optional<Double> alphaAsked) {
  /** The adapter whose down factors a run uses, if it uses those of one, read for a base. */
  static Optional<SharedDown> of(RunSettings settings, Family base) {
    return settings
        .sharedA()
        .map(
            read ->
                new SharedDown(
                    read,
                    AdapterFiles.read(read, base),
                    settings.rankAskedBy().isPresent(),
                    settings.alpha()));
  }

  /**
   * Refuses methods without down factors that could be shared.
   *
   * @param recipe of the run, without the adapter
   */
  public static void require(AdapterRecipe recipe) {
    if (recipe.method() instanceof LoraTraining lora && lora.tucker()) {
      throw Failure.usage(
          "The A of another adapter goes with no Tucker cores. Leave use_tucker out, or --shared-a"
              + " (adapter.shared_a).");
    }
    if (!recipe.method().equals(new LoraTraining())) {
      throw Failure.usage(
          "The A of another adapter is shared by LoRA alone, and the method is "
              + recipe.method().name()
              + ". Leave --method out, or --shared-a (adapter.shared_a).");
    }
  }

  /** The recipe with the down factors. */
  public AdapterRecipe of(AdapterRecipe recipe) {
    require(recipe);
    AdapterRecipe shared = recipe.method(new SharedDownTraining(loaded.adapter()));
    Optional<Integer> usual = rankAsked ? Optional.empty() : usual(loaded.adapter());
    return usual.map(r -> shared.rank(r, alphaAsked.orElse((double) r))).orElse(shared);
  }

  /** Says whose down factors they are. */
  public void tell(Console console, UsageBaseModel base) {
    base.tell(console, file, loaded);
    console.note("Uses the A of " + file + " as it is; B alone is trained.");
  }

  /** The rank that most of its layers have. */
  private static Optional<Integer> usual(Adapter adapter) {
    Map<Long, Long> counted =
        adapter.sites().values().stream()
            .flatMap(all -> all.stream())
            .filter(f -> f.method().equals(LoraMethod.NAME))
            .map((Factors f) -> f.tensor(LoraMethod.DOWN).shape().size(0))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    return counted.entrySet().stream()
        .max(
            Map.Entry.<Long, Long>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(e -> Math.toIntExact(e.getKey()));
  }
}

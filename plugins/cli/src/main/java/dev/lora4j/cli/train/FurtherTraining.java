package dev.lora4j.cli.train;

import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.console.Console;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.diffusion.config.RunSettings;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Recipe of a warm start from an adapter.
 *
 * @param file file of the adapter
 * @param loaded its content
 * @param rankAskedBy origin of a rank, if something set it
 */
public record FurtherTraining(Path file, LoadedAdapter loaded, Optional<String> rankAskedBy) {
  /** The adapter that a run begins with, if it begins with one, read for a base. */
  static Optional<FurtherTraining> of(RunSettings settings, Family base) {
    return settings
        .from()
        .map(
            file ->
                new FurtherTraining(file, AdapterFiles.read(file, base), settings.rankAskedBy()));
  }

  /**
   * The recipe with the adapter.
   *
   * @param console receives a note about it
   * @param base that is trained on
   * @param planning plans a recipe for the base
   */
  public AdapterRecipe of(
      Console console,
      UsageBaseModel base,
      AdapterRecipe recipe,
      Function<AdapterRecipe, AdapterPlan> planning) {
    base.tell(console, file, loaded);
    Adapter adapter = loaded.adapter();
    AdapterRecipe going = recipe.from(adapter);
    AdapterPlan plan = planning.apply(going);
    long begun = plan.sites().keySet().stream().filter(this::there).count();
    long fresh = plan.sites().size() - begun;
    Optional<SiteRecipe> usual = usual(plan);
    console.note(
        "Trains "
            + file
            + " further: "
            + begun
            + " layers"
            + usual.map(u -> ", most of rank " + u.rank()).orElse("")
            + (fresh == 0 ? "." : "; " + fresh + " more begin anew."));
    if (fresh > 0 || usual.isEmpty()) {
      return going;
    }
    rankAskedBy
        .filter(asked -> recipe.rank() != usual.get().rank())
        .ifPresent(
            asked ->
                console.note(
                    "adapter.rank = "
                        + recipe.rank()
                        + " ("
                        + asked
                        + ") has no effect: ranks and alphas are those of "
                        + file
                        + "."));
    return going.rank(Math.toIntExact(usual.get().rank()), usual.get().alpha());
  }

  /** Adapter of the warm start. */
  Adapter adapter() {
    return loaded.adapter();
  }

  private boolean there(Site site) {
    return !loaded.adapter().at(site.name()).isEmpty();
  }

  /** Recipe that most of the adapter's layers have. */
  private Optional<SiteRecipe> usual(AdapterPlan plan) {
    Map<SiteRecipe, Long> counted =
        plan.sites().entrySet().stream()
            .filter(e -> there(e.getKey()))
            .filter(
                e -> plan.recipe().saved().stream().noneMatch(p -> p.matches(e.getKey().name())))
            .map(Map.Entry::getValue)
            .collect(
                Collectors.groupingBy(
                    Function.identity(), LinkedHashMap::new, Collectors.counting()));
    return counted.entrySet().stream()
        .max(Comparator.comparing(Map.Entry::getValue))
        .map(Map.Entry::getKey);
  }
}

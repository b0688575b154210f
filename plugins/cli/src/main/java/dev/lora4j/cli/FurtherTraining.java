package dev.lora4j.cli;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.run.RunSettings;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A recipe that goes on with an adapter that is there. */
final class FurtherTraining {
  private FurtherTraining() {}

  /**
   * The recipe with the adapter that the run begins with, if it begins with one.
   *
   * @param console is told what it is
   */
  static AdapterRecipe of(
      Console console, RunSettings settings, StableDiffusion base, AdapterRecipe recipe) {
    return settings
        .from()
        .map(file -> from(console, settings, base, recipe, ExistingPath.any(file)))
        .orElse(recipe);
  }

  private static AdapterRecipe from(
      Console console,
      RunSettings settings,
      StableDiffusion base,
      AdapterRecipe recipe,
      Path file) {
    if (file.toAbsolutePath().normalize().equals(settings.out().toAbsolutePath().normalize())) {
      throw new Failure(
          file
              + " is to be trained further and to be written as well. Name another file to write,"
              + " as going on with a run that was stopped needs both.");
    }
    LoadedAdapter loaded = base.load(file);
    loaded.warnings().forEach(warning -> console.note(file + ": " + warning));
    Adapter adapter = loaded.adapter();
    AdapterRecipe going = recipe.from(adapter);
    AdapterPlan plan = going.plan(base.base().sites().all());
    Map<Boolean, Long> layers =
        plan.sites().keySet().stream()
            .collect(
                Collectors.partitioningBy(
                    site -> adapter.at(site.name()).isEmpty(), Collectors.counting()));
    SiteRecipe usual = usual(plan, adapter);
    long fresh = layers.getOrDefault(true, 0L);
    console.note(
        "Trains "
            + file
            + " further: "
            + layers.getOrDefault(false, 0L)
            + " layers, most of rank "
            + usual.rank()
            + (fresh == 0 ? "." : "; " + fresh + " more begin anew."));
    if (fresh > 0) {
      return going;
    }
    settings
        .rankAskedBy()
        .filter(asked -> recipe.rank() != usual.rank())
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
    return going.rank(Math.toIntExact(usual.rank()), usual.alpha());
  }

  /** What most layers of the adapter have. */
  private static SiteRecipe usual(AdapterPlan plan, Adapter adapter) {
    Map<SiteRecipe, Long> counted =
        plan.sites().entrySet().stream()
            .filter(e -> !adapter.at(e.getKey().name()).isEmpty())
            .map(Map.Entry::getValue)
            .collect(
                Collectors.groupingBy(
                    Function.identity(), LinkedHashMap::new, Collectors.counting()));
    return counted.entrySet().stream()
        .max(Comparator.comparing(Map.Entry::getValue))
        .orElseThrow()
        .getKey();
  }
}

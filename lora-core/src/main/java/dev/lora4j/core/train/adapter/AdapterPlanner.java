package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.training.SitePattern;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.spi.NearestNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds the layers that a recipe means, and all that does not fit them. */
final class AdapterPlanner {
  private static final int NEAREST = 3;
  private static final int MOST_PROBLEMS = 10;

  private final AdapterRecipe recipe;
  private final Collection<Site> sites;
  private final List<String> problems = new ArrayList<>();

  /** Layers that another adapter has already, by name. */
  private final Map<String, WarmStartFactors> begun = new LinkedHashMap<>();

  private AdapterPlanner(AdapterRecipe recipe, Collection<Site> sites) {
    this.recipe = recipe;
    this.sites = sites;
    recipe.beginning().ifPresent(this::begin);
  }

  private void begin(Adapter adapter) {
    WarmStart continuing = new WarmStart(adapter, sites, recipe::methodAt);
    begun.putAll(continuing.begun());
    problems.addAll(continuing.problems());
  }

  static AdapterPlan plan(AdapterRecipe recipe, Collection<Site> sites) {
    AdapterPlanner planning = new AdapterPlanner(recipe, sites);
    Map<Site, SiteRecipe> recipes = planning.recipes(planning.chosen());
    if (recipes.isEmpty() && planning.problems.isEmpty()) {
      planning.problems.add("it names no layers to train");
    }
    if (planning.problems.isEmpty()) {
      return AdapterPlan.of(recipe, recipes, planning.begun);
    }
    List<String> told =
        planning.problems.subList(0, Math.min(MOST_PROBLEMS, planning.problems.size()));
    int more = planning.problems.size() - told.size();
    throw new IllegalArgumentException(
        "The recipe of the adapter does not fit this model: "
            + String.join("; ", told)
            + (more > 0 ? "; and " + more + " more" : "")
            + ".");
  }

  private Set<Site> chosen() {
    Set<Site> chosen = new LinkedHashSet<>();
    for (TargetPreset preset : recipe.targets().presets()) {
      List<Site> found = preset.among(sites).stream().filter(this::trainable).toList();
      if (found.isEmpty()) {
        problems.add("the preset " + preset + " means none of its layers" + otherPresets());
      }
      chosen.addAll(found);
    }
    for (SitePattern pattern : recipe.targets().include()) {
      chosen.addAll(included(pattern));
    }
    sites.stream().filter(site -> begun.containsKey(site.name())).forEach(chosen::add);
    for (SitePattern pattern : recipe.targets().exclude()) {
      if (!chosen.removeIf(site -> pattern.matches(site.name()))) {
        problems.add(pattern + " excludes none of the chosen layers" + nearest(pattern));
      }
    }
    for (SitePattern pattern : recipe.saved()) {
      List<Site> found = sites.stream().filter(s -> pattern.matches(s.name())).toList();
      if (found.isEmpty()) {
        problems.add(pattern + ", to be trained whole, matches no layer" + nearest(pattern));
      }
      chosen.addAll(found);
    }
    requireAllBegun(chosen);
    return chosen;
  }

  private void requireAllBegun(Set<Site> chosen) {
    Set<String> lost = new TreeSet<>(begun.keySet());
    chosen.forEach(site -> lost.remove(site.name()));
    if (!lost.isEmpty()) {
      problems.add(
          "what is excluded would lose "
              + lost.size()
              + " layers of the adapter that it begins with, for example "
              + lost.iterator().next());
    }
  }

  /** Presets that mean some layers here. */
  private String otherPresets() {
    List<String> others =
        TargetPreset.all().stream()
            .filter(p -> p.among(sites).stream().anyMatch(this::trainable))
            .map(TargetPreset::toString)
            .toList();
    return others.isEmpty() ? "" : ", as " + String.join(", ", others) + " would";
  }

  private List<Site> included(SitePattern pattern) {
    List<Site> matched = sites.stream().filter(s -> pattern.matches(s.name())).toList();
    List<Site> found = matched.stream().filter(this::trainable).toList();
    if (matched.isEmpty()) {
      problems.add(pattern + " matches no layer" + nearest(pattern));
    } else if (found.isEmpty()) {
      Site first = matched.get(0);
      problems.add(
          pattern
              + " matches only layers that the method "
              + recipe.method().name()
              + " cannot train, for example "
              + first.name()
              + " of kind "
              + first.kind());
    }
    return found;
  }

  private boolean trainable(Site site) {
    return recipe.method().kinds().contains(site.kind());
  }

  private String nearest(SitePattern pattern) {
    String text = pattern.toString();
    long parts = text.chars().filter(c -> c == '.').count() + 1;
    Set<String> ends = new TreeSet<>();
    sites.forEach(site -> ends.add(end(site.name(), parts)));
    return "; the nearest names are " + String.join(", ", NearestNames.of(text, ends, NEAREST));
  }

  /** The last {@code parts} parts of a name. */
  private static String end(String name, long parts) {
    int from = name.length();
    for (long i = 0; i < parts && from >= 0; i++) {
      from = name.lastIndexOf('.', from - 1);
    }
    return name.substring(from + 1);
  }

  /** Recipes in the order of the model, regardless of the order of presets and patterns. */
  private Map<Site, SiteRecipe> recipes(Set<Site> chosen) {
    requireMeaning(chosen);
    Map<Site, SiteRecipe> recipes = new LinkedHashMap<>();
    for (Site site : sites) {
      if (chosen.contains(site)) {
        SiteRecipe one = recipe(site);
        if (fits(site, one)) {
          recipes.put(site, one);
        }
      }
    }
    return recipes;
  }

  private void requireMeaning(Set<Site> chosen) {
    List<SiteOverride> ranks = new ArrayList<>();
    List<SiteOverride> alphas = new ArrayList<>();
    for (SiteOverride override : recipe.overrides()) {
      SitePattern pattern = override.sites();
      List<Site> meant = chosen.stream().filter(s -> pattern.matches(s.name())).toList();
      List<Site> free = meant.stream().filter(s -> !begun.containsKey(s.name())).toList();
      if (meant.isEmpty()) {
        problems.add("the override for " + pattern + " means no chosen layer" + nearest(pattern));
      } else if (free.isEmpty()) {
        problems.add(
            "the override for "
                + pattern
                + " means only layers whose rank and alpha are those of the adapter that it begins"
                + " with");
      }
      if (override.rank().isPresent()) {
        requireTurn("rank", pattern, ranks, free);
        ranks.add(override);
      }
      if (override.alpha().isPresent()) {
        requireTurn("alpha", pattern, alphas, free);
        alphas.add(override);
      }
    }
  }

  /**
   * Requires that a rule takes effect: the first match counts, so a rule has none if others before
   * it match all its layers.
   */
  private void requireTurn(
      String what, SitePattern pattern, List<SiteOverride> before, List<Site> free) {
    Set<SitePattern> first = new LinkedHashSet<>();
    for (Site site : free) {
      Optional<SiteOverride> winner = first(before, site);
      if (winner.isEmpty()) {
        return;
      }
      first.add(winner.get().sites());
    }
    if (!first.isEmpty()) {
      problems.add(
          "the "
              + what
              + " of "
              + pattern
              + " is that of no layer, as all of them match "
              + first.stream().map(SitePattern::toString).collect(Collectors.joining(" or "))
              + " before; put it first");
    }
  }

  private static Optional<SiteOverride> first(List<SiteOverride> overrides, Site site) {
    return overrides.stream().filter(o -> o.sites().matches(site.name())).findFirst();
  }

  /** Returns true if the method has anything to train there. */
  private boolean fits(Site site, SiteRecipe one) {
    try {
      return !recipe.methodAt(site).tensors(site, one).isEmpty();
    } catch (IllegalArgumentException e) {
      // A problem of the recipe alone is the same at every layer.
      String problem = String.valueOf(e.getMessage());
      if (!problems.contains(problem)) {
        problems.add(problem);
      }
      return false;
    }
  }

  private SiteRecipe recipe(Site site) {
    WarmStartFactors there = begun.get(site.name());
    if (there != null) {
      return there.recipe();
    }
    int rank = recipe.rank();
    double alpha = recipe.alpha();
    if (site.kernel()) {
      rank = recipe.convRank().orElse(rank);
      alpha = recipe.convAlpha().orElse(recipe.alpha() * divisor(rank) / divisor(recipe.rank()));
    }
    Optional<SiteOverride> ranked =
        first(recipe.overrides().stream().filter(o -> o.rank().isPresent()).toList(), site);
    Optional<SiteOverride> scaled =
        first(recipe.overrides().stream().filter(o -> o.alpha().isPresent()).toList(), site);
    int usual = rank;
    rank = ranked.map(o -> o.rank().getAsInt()).orElse(rank);
    if (scaled.isPresent()) {
      alpha = scaled.get().alpha().getAsDouble();
    } else if (ranked.filter(SiteOverride::keepsScale).isPresent()) {
      alpha = alpha * divisor(rank) / divisor(usual);
    }
    return new SiteRecipe(rank, alpha, recipe.rankStabilised(), recipe.start());
  }

  /** Divisor of alpha for the scale. */
  private double divisor(int rank) {
    return recipe.rankStabilised() ? Math.sqrt((double) rank) : rank;
  }
}

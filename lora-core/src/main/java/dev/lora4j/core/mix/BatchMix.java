package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.SiteParts.Part;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Plans of the pictures of a batch, in one model. Each unmerged adapter is a column of the weights'
 * input, in which each picture has a row; merged weights are known for each picture, since only
 * pictures with the same weights can share a run.
 *
 * <p>At a site, each part that can be unmerged is, and the rest is merged: methods without a
 * low-rank form, and parts that act before a method that depends on the weight. Parts whose effect
 * depends on the layer's input are unmerged, or refused.
 */
public final class BatchMix {
  /** The factors of a column at a site. */
  private record FactorColumn(String site, int column, int place) {}

  /** Key of stacked factors: columns in their order, and the factors of each. */
  private record StackKey(List<AdapterColumn> columns, Set<FactorColumn> places) {}

  /** Key of the merged weights of a picture; pictures with equal keys can share a run. */
  private record MergedKey(List<Object> parts) {}

  private final SiteCatalogue catalogue;
  private final String model;
  private final List<MixPlan> plans;
  private final List<int[]> columns = new ArrayList<>(); // of each plan's parts
  private final List<AdapterColumn> numbers;
  private final List<Map<Site, List<Part>>> touched = new ArrayList<>();
  private final Map<Site, Map<FactorColumn, Part>> isUnmerged = new LinkedHashMap<>();
  private final Set<FactorColumn> merged = new HashSet<>();
  private final Map<MixPlan, Integer> known = new HashMap<>();

  /** Computed at the first use, which not all mixes have. */
  private volatile @Nullable List<MixColumn> unmergedColumns;

  private volatile @Nullable RowShape rowShape;

  /**
   * The plans of pictures, whose routes are chosen already.
   *
   * @param catalogue the sites of the base
   * @param model what the names of the model's sites begin with
   * @throws AdapterException if a plan's adapters cannot follow each other, or one is for a site or
   *     bias that the base lacks
   */
  public BatchMix(List<MixPlan> plans, SiteCatalogue catalogue, String model) {
    this.plans = List.copyOf(plans);
    this.catalogue = catalogue;
    this.model = model;
    List<List<AdapterColumn>> own = new ArrayList<>();
    for (int i = 0; i < plans.size(); i++) {
      MixPlan plan = plans.get(i);
      Integer same = known.putIfAbsent(plan, i);
      touched.add(same == null ? touched(plan) : touched.get(same));
      own.add(same == null ? columns(plan, touched.get(i)) : own.get(same));
    }
    numbers = own.stream().flatMap(List::stream).distinct().sorted(AdapterColumn.ORDER).toList();
    Map<AdapterColumn, Integer> places = new HashMap<>();
    numbers.forEach(column -> places.put(column, places.size()));
    for (int i = 0; i < plans.size(); i++) {
      columns.add(own.get(i).stream().mapToInt(c -> places.getOrDefault(c, -1)).toArray());
      if (known.getOrDefault(plans.get(i), -1) == i) {
        assignRoutes(plans.get(i), columns.get(i), touched.get(i));
      }
    }
  }

  private static List<AdapterColumn> columns(MixPlan plan, Map<Site, List<Part>> sites) {
    List<Set<String>> acted = new ArrayList<>();
    plan.parts().forEach(p -> acted.add(new TreeSet<>()));
    sites.forEach(
        (site, parts) ->
            parts
                .subList(0, 1 + lastTransform(plan, parts))
                .forEach(p -> acted.get(p.adapter()).add(site.name())));
    List<AdapterColumn> own = new ArrayList<>();
    for (int i = 0; i < acted.size(); i++) {
      MixPlan.Part part = plan.parts().get(i);
      Route route = part.area().isPresent() ? Route.UNMERGED : plan.route();
      AdapterColumn column =
          new AdapterColumn(part.adapter().identity(), part.shares(), route, acted.get(i), 0);
      while (own.contains(column)) {
        column = column.again();
      }
      own.add(column);
    }
    return own;
  }

  private Map<Site, List<Part>> touched(MixPlan plan) {
    Map<Site, List<Part>> sites = new LinkedHashMap<>();
    for (String name : UnmergedAdapters.touched(plan, model)) {
      Site site =
          catalogue
              .find(name)
              .orElseThrow(
                  () ->
                      new AdapterException(
                          "The base has no layer " + name + ", which " + plan + " would change."));
      List<Part> parts = SiteParts.of(plan, name);
      PlanRules.check(site, parts, plan);
      sites.put(site, parts);
    }
    return sites;
  }

  private void assignRoutes(MixPlan plan, int[] own, Map<Site, List<Part>> sites) {
    sites.forEach(
        (site, parts) -> {
          int last = lastTransform(plan, parts);
          for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            FactorColumn place = place(site, own, part);
            boolean regional = plan.parts().get(part.adapter()).area().isPresent();
            boolean can = i > last && UnmergedAdapters.stacks(site, part);
            if (regional && !can) {
              throw PlanRules.noRegion(site, part, plan, UnmergedAdapters.stacks(site, part));
            }
            if (part.routed() && !can) {
              throw PlanRules.routedBefore(site, part, plan);
            }
            if (part.routed() && !regional && plan.route() == Route.MERGED) {
              throw PlanRules.noWeight(site, part, plan);
            }
            if (can && (regional || plan.route() != Route.MERGED)) {
              isUnmerged
                  .computeIfAbsent(site, s -> new LinkedHashMap<>())
                  .putIfAbsent(place, part.of(place.column()));
            } else {
              merged.add(place);
            }
          }
        });
  }

  private static FactorColumn place(Site site, int[] own, Part part) {
    return new FactorColumn(site.name(), own[part.adapter()], part.place());
  }

  /** Index of the last part that acts on the result of those before it, or -1. */
  private static int lastTransform(MixPlan plan, List<Part> parts) {
    int last = -1;
    for (int i = 0; i < parts.size() && plan.order() == AdapterOrder.IN_TURN; i++) {
      last = parts.get(i).method() instanceof TransformMethod ? i : last;
    }
    return last;
  }

  /** Unmerged parts at a site, ordered by plan; each has its column for an index. */
  private List<Part> unmergedParts(Site site) {
    List<Part> parts = new ArrayList<>();
    isUnmerged
        .getOrDefault(site, Map.of())
        .forEach(
            (place, part) -> {
              if (!merged.contains(place)) {
                parts.add(part);
              }
            });
    parts.sort(Comparator.comparingInt(Part::adapter).thenComparingInt(Part::place));
    return parts;
  }

  /**
   * Key that is equal for mixes with the same {@link #factors}, regardless of weights and order of
   * their adapters.
   */
  public Object stackKey() {
    Set<FactorColumn> places = new HashSet<>();
    isUnmerged.values().forEach(at -> places.addAll(at.keySet()));
    places.removeAll(merged);
    return new StackKey(numbers, places);
  }

  /**
   * The sites with an unmerged part, for {@link UnmergedAdapters}. A site with a router has one
   * more name for that.
   */
  public Set<String> unmergedSites() {
    Set<String> names = new TreeSet<>();
    for (Site site : isUnmerged.keySet()) {
      List<Part> parts = unmergedParts(site);
      if (!parts.isEmpty()) {
        names.add(site.name());
      }
      if (parts.stream().anyMatch(Part::routed)) {
        names.add(UnmergedAdapters.router(site.name()));
      }
    }
    return names;
  }

  /** The sites whose weights some plan of the batch merges adapters into. */
  public Set<String> mergedSiteNames() {
    Set<String> names = new TreeSet<>();
    merged.forEach(column -> names.add(column.site()));
    return names;
  }

  /**
   * The factors for a program made by {@link UnmergedAdapters} for {@link #unmergedSites}, in F32.
   */
  public Map<String, Tensor> factors(Scope scope, MergedParameter patch) {
    return factors(scope, patch, DType.F32);
  }

  /**
   * The factors for a program made by {@link UnmergedAdapters} for {@link #unmergedSites} and a
   * type.
   */
  public Map<String, Tensor> factors(Scope scope, MergedParameter patch, DType type) {
    Map<String, Tensor> inputs = new HashMap<>();
    for (Site site : isUnmerged.keySet()) {
      List<Part> parts = unmergedParts(site);
      if (!parts.isEmpty()) {
        UnmergedAdapters.stack(scope, patch, site, parts, numbers.size(), type, inputs);
      }
    }
    return inputs;
  }

  /** The unmerged parts of each column. */
  List<MixColumn> unmergedColumns() {
    List<MixColumn> known = unmergedColumns;
    if (known == null) {
      known = List.copyOf(divided());
      unmergedColumns = known;
    }
    return known;
  }

  /** Room that the unmerged parts of a mix of one plan take in a slot. */
  RowShape rowShape() {
    RowShape known = rowShape;
    if (known == null) {
      known = RowShape.of(unmergedColumns());
      rowShape = known;
    }
    return known;
  }

  private List<MixColumn> divided() {
    List<MixColumn> columns = new ArrayList<>();
    for (AdapterColumn column : numbers) {
      columns.add(new MixColumn(column, new TreeMap<>(Comparator.comparing(Site::name))));
    }
    for (Site site : isUnmerged.keySet()) {
      for (Part part : unmergedParts(site)) {
        columns.get(part.adapter()).parts().computeIfAbsent(site, s -> new ArrayList<>()).add(part);
      }
    }
    return columns;
  }

  /**
   * The input {@link UnmergedAdapters#WEIGHTS}: for each row of a run, the weight of each column.
   *
   * @param pictures for each row, the index of its picture
   * @return [rows, columns]
   */
  public float[] weights(List<Integer> pictures, int step, int steps) {
    float[] all = new float[pictures.size() * numbers.size()];
    for (int row = 0; row < pictures.size(); row++) {
      int picture = pictures.get(row);
      float[] own = plans.get(picture).at(step, steps);
      for (int i = 0; i < own.length; i++) {
        all[row * numbers.size() + columns.get(picture)[i]] += own[i];
      }
    }
    return all;
  }

  /** The parameters of the model with a picture's merged adapters. */
  public MergedSites mergedSites(
      Scope scope, MergedParameter patch, WeightStore base, int picture) {
    Map<Site, List<Part>> sites = new LinkedHashMap<>();
    int[] own = columns.get(picture);
    touched
        .get(picture)
        .forEach(
            (site, parts) -> {
              List<Part> in =
                  parts.stream().filter(p -> merged.contains(place(site, own, p))).toList();
              if (!in.isEmpty()) {
                sites.put(site, in);
              }
            });
    return new MergedSites(scope, patch, base, model, sites, plans.get(picture).order());
  }

  /** Batch key: pictures with equal keys have the same merged weights and can share a run. */
  public Object mergedKey(int picture) {
    MixPlan plan = plans.get(picture);
    List<Object> parts = new ArrayList<>();
    for (int i : mergedParts(picture)) {
      parts.add(columns.get(picture)[i]);
      parts.add(plan.parts().get(i).weight());
    }
    if (!parts.isEmpty()) {
      parts.add(plan.order());
    }
    return new MergedKey(Collections.unmodifiableList(parts));
  }

  private Set<Integer> mergedParts(int picture) {
    Set<Integer> parts = new TreeSet<>();
    touched
        .get(picture)
        .forEach(
            (site, all) ->
                all.stream()
                    .filter(p -> merged.contains(place(site, columns.get(picture), p)))
                    .forEach(p -> parts.add(p.adapter())));
    return parts;
  }

  /** Returns true if a part of the picture's adapters is unmerged. */
  public boolean isUnmerged(int picture) {
    int[] own = columns.get(picture);
    return touched.get(picture).entrySet().stream()
        .anyMatch(
            e -> e.getValue().stream().anyMatch(p -> !merged.contains(place(e.getKey(), own, p))));
  }

  /** Names of a picture's merged adapters, with their merged methods, for people. */
  public List<String> mergedNames(int picture) {
    Map<String, Set<String>> methods = new LinkedHashMap<>();
    MixPlan plan = plans.get(picture);
    int[] own = columns.get(picture);
    touched
        .get(picture)
        .forEach(
            (site, parts) -> {
              for (Part part : parts) {
                if (merged.contains(place(site, own, part))) {
                  methods
                      .computeIfAbsent(
                          plan.parts().get(part.adapter()).adapter().name(), n -> new TreeSet<>())
                      .add(part.method().name());
                }
              }
            });
    List<String> names = new ArrayList<>();
    methods.forEach((name, of) -> names.add(name + " (" + String.join(", ", of) + ")"));
    return names;
  }

  MixPlan plan(int picture) {
    return plans.get(picture);
  }

  int[] columnsOf(int picture) {
    return columns.get(picture);
  }

  /** Number of columns. */
  public int columns() {
    return numbers.size();
  }
}

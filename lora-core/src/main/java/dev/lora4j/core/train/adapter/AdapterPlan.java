package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.SharedTensor;
import dev.lora4j.core.adapter.training.DirectionRule;
import dev.lora4j.core.adapter.training.MaskRule;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.StepRule;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.WriteRequest;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.DirectionUpdate;
import dev.lora4j.core.train.HeldOptimizer;
import dev.lora4j.core.train.MaskUpdate;
import dev.lora4j.core.train.MaskedOptimizer;
import dev.lora4j.core.train.optimizer.Optimizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A recipe for one model: its layers that are trained, each with its own size. */
public final class AdapterPlan {
  /** A layer that is trained. */
  record Planned(
      int index,
      Site site,
      TrainableMethod method,
      SiteRecipe recipe,
      List<TrainedTensor> tensors,
      Map<String, HostTensor> fixed) {
    /** Its trained tensors, in the order of the method. */
    List<AdapterParameter> parameters() {
      return tensors.stream()
          .map(
              t ->
                  new AdapterParameter(
                      StagedAdapter.name(site, t), site, t.part(), t.shape().elements()))
          .toList();
    }
  }

  /**
   * Greatest number of F32 values of a Java array, in which weights go to the engine and to
   * checkpoints.
   */
  private static final long MOST_ELEMENTS = (Integer.MAX_VALUE - 8L) / Float.BYTES;

  private final AdapterRecipe recipe;
  private final Map<String, Planned> sites;
  private final boolean evaluates;
  private final boolean calibrated;

  private AdapterPlan(
      AdapterRecipe recipe, Map<String, Planned> sites, boolean evaluates, boolean calibrated) {
    this.recipe = recipe;
    this.sites = sites;
    this.evaluates = evaluates;
    this.calibrated = calibrated;
  }

  /**
   * Plans it.
   *
   * @param begun layers with existing factors, by name
   */
  static AdapterPlan of(
      AdapterRecipe recipe, Map<Site, SiteRecipe> recipes, Map<String, WarmStartFactors> begun) {
    Map<String, Planned> sites = new LinkedHashMap<>();
    Map<TrainableMethod, Map<Site, SiteRecipe>> layers = new LinkedHashMap<>();
    recipes.forEach(
        (site, one) ->
            layers
                .computeIfAbsent(recipe.methodAt(site), m -> new LinkedHashMap<>())
                .put(site, one));
    Map<TrainableMethod, Map<String, SharedTensor>> shared = new HashMap<>();
    layers.forEach((method, all) -> shared.put(method, method.shared(all)));
    recipes.forEach(
        (site, one) -> {
          TrainableMethod method = recipe.methodAt(site);
          Map<String, SharedTensor> common = shared.getOrDefault(method, Map.of());
          Optional<WarmStartFactors> given = Optional.ofNullable(begun.get(site.name()));
          List<TrainedTensor> tensors = WarmStart.given(method.tensors(site, one), given);
          Map<String, HostTensor> fixed = WarmStart.given(method.fixed(site, one, common), given);
          sites.put(site.name(), new Planned(sites.size(), site, method, one, tensors, fixed));
        });
    return new AdapterPlan(recipe, sites, false, false);
  }

  /**
   * A copy with ranks and first factors that batches of the training data have decided.
   *
   * @param layers in the order of this plan; those that it lacks are not trained, and parts without
   *     values begin as they always do
   * @throws IllegalArgumentException if none is left
   */
  public AdapterPlan calibrated(Map<Site, WarmStartFactors> layers) {
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("Calibration left no layer to train.");
    }
    Map<Site, SiteRecipe> recipes = new LinkedHashMap<>();
    Map<String, WarmStartFactors> values = new HashMap<>();
    layers.forEach(
        (site, factors) -> {
          recipes.put(site, factors.recipe());
          values.put(site.name(), factors);
        });
    return new AdapterPlan(recipe, of(recipe, recipes, values).sites, evaluates, true);
  }

  /** Returns true if its ranks or first factors wait for batches of the training data. */
  public boolean uncalibrated() {
    return !calibrated && recipe.calibrates();
  }

  /** The recipe that it follows. */
  public AdapterRecipe recipe() {
    return recipe;
  }

  /** The layers that are trained with the size of each, in the order of the model. */
  public Map<Site, SiteRecipe> sites() {
    Map<Site, SiteRecipe> all = new LinkedHashMap<>();
    sites.values().forEach(p -> all.put(p.site(), p.recipe()));
    return Collections.unmodifiableMap(all);
  }

  /** Number of trained elements. */
  public long elements() {
    return sites.values().stream()
        .flatMap(p -> p.tensors().stream())
        .mapToLong(t -> t.shape().elements())
        .sum();
  }

  /**
   * Returns true if a tensor begins with the base's weight, and only its difference from that
   * counts.
   */
  public boolean anchored() {
    return sites.values().stream()
        .flatMap(p -> p.tensors().stream())
        .anyMatch(TrainedTensor::anchored);
  }

  /** The layers whose trained change no weight can have, so that it is used unmerged. */
  public List<Site> unmergeable() {
    return sites.values().stream().filter(p -> !p.method().merges()).map(Planned::site).toList();
  }

  /**
   * Checks that all trained elements fit into one run, which holds them in one buffer.
   *
   * @throws IllegalArgumentException if it does not
   */
  public void requireSize() {
    if (elements() > MOST_ELEMENTS) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%,d numbers at %d layers are to be trained by the method %s, and one run trains at"
                  + " most %,d. Train fewer layers (targets, include, exclude), or by a method or"
                  + " rank that takes fewer.",
              elements(),
              sites.size(),
              recipe.method().name(),
              MOST_ELEMENTS));
    }
  }

  /** The shape of each tensor that programs hold and no step changes, by the name of its input. */
  public Map<String, Shape> fixedShapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (Planned planned : sites.values()) {
      planned
          .fixed()
          .forEach((part, t) -> shapes.put(planned.site().name() + "." + part, t.shape()));
    }
    return shapes;
  }

  /** The whole shape of each tensor that is trained, by its name in the flat buffer. */
  public Map<String, Shape> shapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (Planned planned : sites.values()) {
      planned.tensors().forEach(t -> shapes.put(StagedAdapter.name(planned.site(), t), t.shape()));
    }
    return shapes;
  }

  /**
   * Refuses a layout that cannot hold the trained factors, which would otherwise fail only at the
   * end: factors of zeros are laid out in it. Those of one shape are one tensor, so that it takes
   * little memory where whole layers are trained.
   *
   * @param family the base
   * @throws dev.lora4j.core.adapter.AdapterException if it has no form for some factors
   */
  public void requireForm(AdapterWriter layout, Family family) {
    Map<Shape, HostTensor> zeros = new HashMap<>();
    Map<String, List<Factors>> factors = new LinkedHashMap<>();
    for (Planned planned : sites.values()) {
      Map<String, HostTensor> values = new TreeMap<>(planned.fixed());
      for (TrainedTensor tensor : planned.tensors()) {
        HostTensor zero = zeros.computeIfAbsent(tensor.shape(), AdapterPlan::zeros);
        values.put(tensor.part(), zero);
        if (tensor.anchored()) {
          values.put(TrainedTensor.anchor(tensor.part()), zero);
        }
      }
      Site site = planned.site();
      factors.put(site.name(), planned.method().factors(site, planned.recipe(), values));
    }
    layout.lay(new WriteRequest(new Adapter("trial", factors, Map.of()), family, false));
  }

  private static HostTensor zeros(Shape shape) {
    byte[] bytes = new byte[Math.toIntExact(DType.F32.bytes(shape.elements()))];
    return HostTensor.owning(DType.F32, shape, bytes);
  }

  /**
   * A copy without dropouts and draws of methods, for evaluation: programs for it train the same
   * buffer.
   */
  public AdapterPlan withoutDropouts() {
    return new AdapterPlan(recipe.dropouts(Dropouts.NONE), sites, true, calibrated);
  }

  /** Returns true if its programs evaluate what another plan trains. */
  boolean evaluates() {
    return evaluates;
  }

  /**
   * What the method changes after each step of a run, if anything.
   *
   * @throws IllegalArgumentException if it cannot be done in so many steps
   */
  public Optional<StepRule> rule(int steps) {
    return recipe.method().rule(ruledRun(steps));
  }

  /**
   * Choice of the elements that the method keeps at 0, if any.
   *
   * @throws IllegalArgumentException if it cannot be done in so many steps
   */
  public Optional<MaskRule> mask(int steps) {
    return recipe.method().mask(ruledRun(steps));
  }

  /**
   * Choice of the directions that the method trains, if it does not train all of them in each step.
   *
   * @throws IllegalArgumentException if it cannot be done in so many steps
   */
  public Optional<DirectionRule> directions(int steps) {
    return recipe.method().directions(ruledRun(steps));
  }

  private StepRule.Run ruledRun(int steps) {
    Map<Site, SiteRecipe> layers = new LinkedHashMap<>();
    ruled().forEach(p -> layers.put(p.site(), p.recipe()));
    return new StepRule.Run(steps, layers);
  }

  /** The tensors of each layer that {@link #mask} is for. */
  public List<MaskUpdate.Layer> maskedLayers() {
    return ruled()
        .map(
            p ->
                new MaskUpdate.Layer(
                    p.parameters().stream()
                        .collect(Collectors.toMap(AdapterParameter::part, AdapterParameter::name))))
        .toList();
  }

  /** The tensors of each layer that {@link #directions} are of: those with an unknown rank. */
  public List<DirectionUpdate.Layer> directionLayers() {
    return ruled().map(AdapterPlan::directions).toList();
  }

  private static DirectionUpdate.Layer directions(Planned planned) {
    Map<String, Integer> weights = new LinkedHashMap<>();
    for (TrainedTensor tensor : planned.tensors()) {
      for (int d = 0; d < tensor.staged().rank(); d++) {
        if (tensor.staged().size(d) == Shape.UNKNOWN) {
          weights.put(StagedAdapter.name(planned.site(), tensor), d);
        }
      }
    }
    return new DirectionUpdate.Layer(weights);
  }

  /**
   * The optimizer, with what the method changes after each of its steps, keeps at 0 and holds.
   *
   * @throws IllegalArgumentException if it cannot be done in so many steps
   * @throws dev.lora4j.core.tensor.TensorException if the optimizer averages weights, which a
   *     change would not reach
   */
  public Optimizer optimizer(Optimizer plain, int steps) {
    List<AdapterParameter> parameters = ruled().flatMap(p -> p.parameters().stream()).toList();
    Optimizer held =
        directions(steps).<Optimizer>map(rule -> new HeldOptimizer(plain, rule)).orElse(plain);
    Optimizer masked =
        mask(steps).<Optimizer>map(rule -> new MaskedOptimizer(held, rule)).orElse(held);
    return rule(steps)
        .<Optimizer>map(rule -> new RuledOptimizer(masked, rule, parameters))
        .orElse(masked);
  }

  /** The layers that the method of the recipe trains, without those of other methods. */
  private Stream<Planned> ruled() {
    return sites.values().stream().filter(p -> p.method().equals(recipe.method()));
  }

  /** Returns true if a method trains in each step what it draws. */
  boolean draws() {
    return !evaluates && sites.values().stream().anyMatch(p -> p.method().draws());
  }

  /** Returns true if what a method trains depends on how much noise there is. */
  public boolean followsDenoising() {
    return !evaluates && sites.values().stream().anyMatch(p -> p.method().followsDenoising());
  }

  /**
   * A copy without some of its layers.
   *
   * @throws IllegalArgumentException if none is left
   */
  public AdapterPlan without(Collection<Site> left) {
    if (left.isEmpty()) {
      return this;
    }
    Set<String> names = left.stream().map(Site::name).collect(Collectors.toSet());
    Map<String, Planned> rest = new LinkedHashMap<>();
    for (Planned p : sites.values()) {
      String name = p.site().name();
      if (!names.contains(name)) {
        int index = rest.size();
        rest.put(
            name, new Planned(index, p.site(), p.method(), p.recipe(), p.tensors(), p.fixed()));
      }
    }
    if (rest.isEmpty()) {
      throw new IllegalArgumentException(
          "None of the layers to train is reached by a step, for example "
              + left.iterator().next().name()
              + "; name others.");
    }
    return new AdapterPlan(recipe, rest, evaluates, calibrated);
  }

  Optional<Planned> find(String site) {
    return Optional.ofNullable(sites.get(site));
  }

  List<Planned> planned() {
    return new ArrayList<>(sites.values());
  }
}

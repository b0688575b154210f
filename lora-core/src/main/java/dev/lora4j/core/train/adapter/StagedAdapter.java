package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.SiteDropout;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.core.train.adapter.AdapterPlan.Planned;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * An adapter staged in a program that trains it: its effect on each layer of the networks that are
 * staged with it, and the layout of its factors in the flat buffer. Only the factors get a
 * gradient.
 *
 * <p>Made before any input of the batch is declared, since dropouts need inputs of their own. Any
 * number of networks may be staged with it. The order of the buffer is that in which their layers
 * are met.
 */
public final class StagedAdapter implements LayerAdapters {
  private static final String SCALE = ".scale";

  /** Purpose of the draws of methods, among all that a seed is for. */
  private static final long DRAW = 0x64796c6fL;

  private final FlatParameters parameters;
  private final AdapterPlan plan;
  private final Optional<StagedDropouts> dropouts;
  private final Optional<Expr> draw;
  private final Optional<Expr> progress;
  private final Map<String, Planned> met = new LinkedHashMap<>();
  private final Map<String, Expr> held = new LinkedHashMap<>();

  /** Begins the staging of a program that trains {@code plan}. */
  public StagedAdapter(FlatParameters parameters, AdapterPlan plan) {
    this.parameters = parameters;
    this.plan = plan;
    Dropouts all = plan.recipe().dropouts();
    dropouts =
        all.kinds().isEmpty()
            ? Optional.empty()
            : Optional.of(new StagedDropouts(parameters.graph(), all, plan.planned().size()));
    draw =
        plan.draws()
            ? Optional.of(parameters.graph().input("method_draw", DType.F64, Shape.of()))
            : Optional.empty();
    Shape samples = Shape.of(Shape.UNKNOWN);
    progress =
        plan.followsDenoising()
            ? Optional.of(parameters.graph().input("denoising_progress", DType.F64, samples))
            : Optional.empty();
  }

  @Override
  public Expr around(SiteLayer layer, Expr x) {
    Optional<Planned> planned = plan.find(layer.site().name());
    return planned.map(p -> apply(p, layer, x)).orElseGet(() -> layer.output(x));
  }

  private Expr apply(Planned planned, SiteLayer layer, Expr x) {
    Site site = layer.site();
    met.put(site.name(), planned);
    SiteDropout dropout =
        dropouts.map(d -> d.at(planned.index(), layer.use())).orElse(SiteDropout.NONE);
    TrainedFactors whole = factors(planned, dropout);
    TrainedFactors drawn = draw.map(whole::drawn).orElse(whole);
    return planned.method().apply(layer, x, progress.map(drawn::denoising).orElse(drawn));
  }

  /**
   * The mean over the layers of the terms that their methods add to the loss of training; none in
   * evaluation. Called when all networks are staged.
   */
  public Optional<Expr> penalty() {
    if (plan.evaluates()) {
      return Optional.empty();
    }
    List<Expr> terms = new ArrayList<>();
    for (Planned planned : met.values()) {
      planned
          .method()
          .penalty(planned.site(), factors(planned, SiteDropout.NONE))
          .ifPresent(terms::add);
    }
    return terms.stream().reduce(Expr::add).map(sum -> sum.div((double) terms.size()));
  }

  /** Its inputs of the program; the same each time. */
  private TrainedFactors factors(Planned planned, SiteDropout dropout) {
    Site site = planned.site();
    Map<String, Expr> parts = new TreeMap<>();
    for (TrainedTensor tensor : planned.tensors()) {
      String name = name(site, tensor);
      parts.put(tensor.part(), leaf(site, tensor));
      if (tensor.anchored()) {
        parts.put(
            TrainedTensor.anchor(tensor.part()), held(TrainedTensor.anchor(name), tensor.staged()));
      }
    }
    planned.fixed().forEach((part, value) -> parts.put(part, fixed(site, part, value)));
    return new TrainedFactors(parts, held(site.name() + SCALE, Shape.of(1, 1)), dropout);
  }

  private Expr leaf(Site site, TrainedTensor tensor) {
    // Its first values are those that initial() gives.
    return parameters.leaf(
        new Parameter(name(site, tensor), tensor.staged(), Parameter.Init.ZEROS));
  }

  /** Of any size, as the rank is unknown to the program. */
  private Expr fixed(Site site, String part, HostTensor value) {
    long[] sizes = new long[value.shape().rank()];
    Arrays.fill(sizes, Shape.UNKNOWN);
    return held.computeIfAbsent(
        site.name() + "." + part,
        name -> parameters.graph().held(name, value.dtype(), Shape.of(sizes)));
  }

  private Expr held(String name, Shape shape) {
    return held.computeIfAbsent(name, n -> parameters.graph().held(n, parameters.type(), shape));
  }

  static String name(Site site, TrainedTensor tensor) {
    return site.name() + "." + tensor.part();
  }

  /** Number of trained layers so far. */
  public int count() {
    return met.size();
  }

  /**
   * Layers that the plan names and no network that was staged has; there should be none when
   * staging is done.
   */
  public List<Site> unmet() {
    return plan.planned().stream()
        .map(Planned::site)
        .filter(site -> !met.containsKey(site.name()))
        .toList();
  }

  /** The trained parameters, in the order of the buffer. */
  public List<AdapterParameter> parameters() {
    return met.values().stream().flatMap(p -> p.parameters().stream()).toList();
  }

  /** Layout of the factors in the flat buffer. */
  public FlatLayout layout() {
    Map<String, Shape> shapes = new HashMap<>();
    for (Planned planned : met.values()) {
      planned.tensors().forEach(t -> shapes.put(name(planned.site(), t), t.shape()));
    }
    return FlatLayout.of(
        parameters.parameters().stream()
            .map(p -> new Parameter(p.name(), shapes.getOrDefault(p.name(), p.shape()), p.init()))
            .toList());
  }

  /**
   * The flat buffer before the first step, the same for the same seed and base.
   *
   * @param scope for what is needed on the way
   * @param weights the base's weight of a layer; called only where factors begin with it
   */
  public float[] initial(Scope scope, long seed, Function<Site, Tensor> weights) {
    return initial(scope, seed, (work, site) -> weights.apply(site));
  }

  /**
   * The flat buffer before the first step.
   *
   * @param scope for what is needed on the way
   * @param base asked only where factors begin with what it has
   */
  public float[] initial(Scope scope, long seed, FrozenParameters base) {
    FlatLayout layout = layout();
    float[] flat = new float[Math.toIntExact(layout.length())];
    InitialFactors initial = new InitialFactors(scope, seed, base);
    met.values().forEach(planned -> initial.fill(flat, layout, planned));
    initial.requireRounding();
    return flat;
  }

  /**
   * The program's other tensors, besides weights and factors, by the names of its held inputs.
   *
   * @param initial the flat buffer before the first step
   */
  public Map<String, Tensor> held(Scope scope, float[] initial) {
    Map<String, Tensor> tensors = new HashMap<>(scales(scope, 1));
    FlatLayout layout = layout();
    IdentityHashMap<HostTensor, Tensor> shared = new IdentityHashMap<>();
    for (Planned planned : met.values()) {
      Site site = planned.site();
      trained(planned, layout, initial, initial)
          .forEach((part, value) -> anchor(scope, tensors, site, part, value));
      planned
          .fixed()
          .forEach(
              (part, value) ->
                  tensors.put(
                      site.name() + "." + part, shared.computeIfAbsent(value, v -> v.on(scope))));
    }
    return tensors;
  }

  /** The scale of each layer, multiplied, by the names of the program's held inputs. */
  public Map<String, Tensor> scales(Scope scope, double times) {
    Map<String, Tensor> scales = new HashMap<>();
    for (Planned planned : met.values()) {
      double scale = planned.method().scale(planned.site(), planned.recipe()) * times;
      HostTensor one = HostTensor.of(parameters.type(), Shape.of(1, 1), new double[] {scale});
      scales.put(planned.site().name() + SCALE, one.on(scope));
    }
    return scales;
  }

  private void anchor(
      Scope scope, Map<String, Tensor> tensors, Site site, String part, HostTensor value) {
    String name = site.name() + "." + part;
    if (held.containsKey(name)) {
      tensors.put(name, value.on(scope, parameters.type()));
    }
  }

  /**
   * The values of the inputs that dropouts and methods draw by, in the order of the program; they
   * come before those of the batch. None where nothing is drawn.
   *
   * @param batch a number of its own for each batch
   * @param step the number of the step, of which the batch may be a part
   */
  public List<Tensor> inputs(Scope scope, long seed, long batch, long step) {
    return inputs(scope, seed, batch, step, List.of());
  }

  /**
   * {@link #inputs(Scope, long, long, long)} of a batch that is noise on its way to pictures.
   *
   * @param denoising how far each sample is on its way from noise, 0, to the picture, 1; for
   *     methods that follow it
   */
  public List<Tensor> inputs(
      Scope scope, long seed, long batch, long step, List<Double> denoising) {
    List<Tensor> inputs = new ArrayList<>();
    if (dropouts.isPresent()) {
      inputs.addAll(StagedDropouts.inputs(scope, seed, batch));
    }
    if (draw.isPresent()) {
      double[] drawn = {SeededNoise.of(seed, DRAW, step).uniform()};
      inputs.add(HostTensor.of(DType.F64, Shape.of(), drawn).on(scope));
    }
    if (progress.isPresent()) {
      double[] ways = denoising.stream().mapToDouble(Double::doubleValue).toArray();
      inputs.add(HostTensor.of(DType.F64, Shape.of(ways.length), ways).on(scope));
    }
    return inputs;
  }

  /**
   * The trained factors by canonical name of the layer, rounded to the stored type.
   *
   * @param flat the flat buffer
   * @param initial the flat buffer before the first step
   */
  public Map<String, List<Factors>> factors(float[] flat, float[] initial, DType stored) {
    return factors(flat, initial, stored, 1);
  }

  /** {@link #factors(float[], float[], DType)} with the alpha of each layer multiplied. */
  public Map<String, List<Factors>> factors(
      float[] flat, float[] initial, DType stored, double times) {
    return new HashMap<>(rounded(flat, initial, stored, times).factors());
  }

  /**
   * The trained factors of {@link #factors}, with their rounding loss.
   *
   * @param flat the flat buffer
   * @param initial the flat buffer before the first step
   */
  public RoundedFactors rounded(float[] flat, float[] initial, DType stored) {
    return rounded(flat, initial, stored, 1);
  }

  private RoundedFactors rounded(float[] flat, float[] initial, DType stored, double times) {
    Map<String, List<Factors>> factors = new HashMap<>();
    Set<HostTensor> exact = Collections.newSetFromMap(new IdentityHashMap<>());
    FlatLayout layout = layout();
    for (Planned planned : met.values()) {
      Map<String, HostTensor> values = values(planned, layout, flat, initial);
      planned
          .method()
          .unrounded()
          .forEach(part -> exact.add(Objects.requireNonNull(values.get(part), part)));
      factors.put(
          planned.site().name(),
          planned.method().factors(planned.site(), times(planned.recipe(), times), values));
    }
    return RoundedFactors.of(factors, stored, exact);
  }

  private static SiteRecipe times(SiteRecipe recipe, double times) {
    return times == 1
        ? recipe
        : new SiteRecipe(
            recipe.rank(), times * recipe.alpha(), recipe.rankStabilised(), recipe.start());
  }

  private static Map<String, HostTensor> values(
      Planned planned, FlatLayout layout, float[] flat, float[] initial) {
    Map<String, HostTensor> values = trained(planned, layout, flat, initial);
    values.putAll(planned.fixed());
    return values;
  }

  private static Map<String, HostTensor> trained(
      Planned planned, FlatLayout layout, float[] flat, float[] initial) {
    Map<String, HostTensor> values = new TreeMap<>();
    for (TrainedTensor tensor : planned.tensors()) {
      String name = name(planned.site(), tensor);
      int from =
          Math.toIntExact(
              layout.slot(name).orElseThrow(() -> new IllegalStateException(name)).offset());
      int to = Math.toIntExact(from + tensor.shape().elements());
      values.put(tensor.part(), HostTensor.of(tensor.shape(), Arrays.copyOfRange(flat, from, to)));
      if (tensor.anchored()) {
        values.put(
            TrainedTensor.anchor(tensor.part()),
            HostTensor.of(tensor.shape(), Arrays.copyOfRange(initial, from, to)));
      }
    }
    return values;
  }
}

package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Program of a mixer for all parameters of one form. */
final class MixProgram {
  /** Numbers of a part at the parameter at hand that are made outside of the program. */
  @FunctionalInterface
  interface Draws {
    Tensor of(Scope owner, Drawn what);
  }

  /**
   * Numbers that are made outside of the program.
   *
   * @param part its place among the parts
   * @param of {@code down} or {@code up} for those of a factor, {@link #PLACES}, or empty for
   *     random numbers of the change
   */
  record Drawn(int part, String of, Shape shape) {
    /** Places of the change's numbers in their rows. */
    static final String PLACES = "places";
  }

  /**
   * Result of a run.
   *
   * @param tensors the change in the parameter's shape, or down and up of a product; F32
   * @param least the least of its numbers, or of its factors'
   * @param most the greatest
   * @param none whether it is 0, because one of the factors is
   */
  record Result(List<Tensor> tensors, double least, double most, boolean none) {}

  private final Scope scope;
  private final Graph graph = new Graph();
  private final MixedDelta change;
  private final MixerRequirement needs;
  private final boolean sum;

  /** The inputs with numbers made outside, in the order of their requests. */
  private final Map<Drawn, Expr> drawn = new LinkedHashMap<>();

  private Optional<Program> compiled = Optional.empty();

  /**
   * Stages it; compiled in {@code scope} when it first runs.
   *
   * @param like a parameter of the form
   * @param adapters how many are mixed
   * @param numbers how many the survey gave
   */
  MixProgram(
      Scope scope,
      DeltaMixer mixer,
      MixerCode code,
      MixedParameter like,
      int adapters,
      int numbers) {
    this.scope = scope;
    this.needs = code.call(mixer::needs);
    StagedDeltas staged = new StagedDeltas(graph, like);
    Expr weights = graph.input("weights", DType.F32, Shape.of(adapters));
    Expr surveyed = graph.input("numbers", DType.F32, Shape.of(Math.max(1, numbers)));
    List<SiteDelta> parts = new ArrayList<>();
    for (int i = 0; i < staged.count(); i++) {
      Optional<StoredFactors> stored =
          needs == MixerRequirement.CHANGES
              ? Optional.empty()
              : Optional.of(
                  staged.stored(
                      i,
                      draw(new Drawn(i, "down", staged.downShape(i))),
                      draw(new Drawn(i, "up", staged.upShape(i)))));
      parts.add(
          staged.change(
              i,
              weights.select(0, like.parts().get(i).adapter()),
              draw(new Drawn(i, "", like.shape())),
              draw(new Drawn(i, Drawn.PLACES, like.shape())),
              stored));
    }
    SiteDeltas deltas = SiteDeltas.of(weights, parts, surveyed);
    this.change = code.call(() -> mixer.mix(deltas));
    this.sum = change.equals(deltas.sum());
    check(code.name(), like);
  }

  private SiteDelta.Draw draw(Drawn what) {
    return () ->
        drawn.computeIfAbsent(
            what, w -> graph.input("drawn" + w.of() + w.part(), DType.F32, w.shape()));
  }

  private void check(String mixer, MixedParameter like) {
    Shape shape = like.shape();
    if (change instanceof MixedDelta.Added && needs != MixerRequirement.FACTORS_OF_ONE_RANK) {
      throw new AdapterException(
          "The mixer "
              + mixer
              + " adds factors up, and does not say that it needs factors of one rank.");
    }
    if (change instanceof MixedDelta.Dense dense) {
      require(mixer, dense.delta(), shape);
    } else if (change instanceof MixedDelta.Product product) {
      if (!like.matrix()) {
        throw new AdapterException(
            "The mixer "
                + mixer
                + " gives a product of two factors for the "
                + like.target().parameter()
                + " of a layer, "
                + shape
                + ", which has none.");
      }
      require(mixer, product.factors().down(), shape.with(0, Shape.UNKNOWN));
      require(mixer, product.factors().up(), shape.with(1, Shape.UNKNOWN));
    }
  }

  private static void require(String mixer, Expr found, Shape expected) {
    if (found.dtype() != DType.F32 || !expected.admits(found.shape())) {
      throw new AdapterException(
          "The mixer "
              + mixer
              + " gives "
              + found.dtype()
              + " "
              + found.shape()
              + " where F32 "
              + expected
              + " is expected.");
    }
  }

  /** Returns true if the mixer computes all elements of the change. */
  boolean dense() {
    return change instanceof MixedDelta.Dense;
  }

  /**
   * Returns true if the mixer's result is the exact weighted sum, so that there is nothing to run.
   */
  boolean sum() {
    return sum;
  }

  /** Factor of added factors, if the mixer does nothing else. */
  OptionalDouble added() {
    return change instanceof MixedDelta.Added a
        ? OptionalDouble.of(a.lambda())
        : OptionalDouble.empty();
  }

  /**
   * Runs the program; not for factors that are added up without a program.
   *
   * @param factors as {@link RowInputs} has them
   * @param weights of all adapters at the parameter
   */
  Result run(Scope work, List<Tensor> factors, Tensor weights, Tensor numbers, Draws draws) {
    List<Tensor> inputs = new ArrayList<>(factors);
    inputs.add(weights);
    inputs.add(numbers);
    for (Drawn what : drawn.keySet()) {
      inputs.add(draws.of(work, what));
    }
    List<Tensor> out = program().run(work, inputs);
    float[] extremes = out.get(out.size() - 1).floats();
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    boolean none = false;
    for (int i = 0; i < extremes.length; i += 2) {
      // NaN stays, as Math has it.
      least = Math.min(least, extremes[i]);
      most = Math.max(most, extremes[i + 1]);
      none |= extremes[i] == 0 && extremes[i + 1] == 0;
    }
    return new Result(out.subList(0, out.size() - 1), least, most, none);
  }

  private synchronized Program program() {
    if (compiled.isEmpty()) {
      compiled = Optional.of(graph.inference(scope, outputs()));
    }
    return compiled.get();
  }

  /** The tensors, and then the least and the greatest number of each. */
  private List<Expr> outputs() {
    List<Expr> outputs = new ArrayList<>();
    if (change instanceof MixedDelta.Product product) {
      outputs.add(product.factors().down());
      outputs.add(product.factors().up());
    } else {
      outputs.add(((MixedDelta.Dense) change).delta());
    }
    outputs.add(ShapeOps.stack(outputs.stream().flatMap(x -> extremes(x).stream()).toList(), 0));
    return outputs;
  }

  /** Minimum and maximum, which are NaN if any number is. */
  private static List<Expr> extremes(Expr x) {
    Graph.Result one = new Graph.Result(x.dtype(), Shape.of());
    return x.graph().call("aminmax", List.of(one, one), x);
  }
}

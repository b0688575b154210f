package dev.lora4j.core.train.run;

import dev.lora4j.core.nn.FiniteCheck;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.ParameterGroups;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.StagedAdapter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A program of a {@link TrainingTask} while it is staged. The same walk over a model makes the
 * program that trains, the one that validates, and the one that looks for what is not finite.
 */
public final class Staging {
  /** Purpose of a program. */
  public enum Purpose {
    /** The loss of a batch, with dropouts; its gradient is taken. */
    TRAINING,
    /** Validation loss, without dropouts. */
    VALIDATION,
    /** The program of {@link #TRAINING}, with an eye on each layer. */
    DIAGNOSIS,
    /** The loss of the base alone, without adapters and dropouts, for what it tells of layers. */
    CALIBRATION
  }

  private final Purpose purpose;
  private final AdapterPlan plan;
  private final FlatParameters parameters;
  private final StagedAdapter factors;
  private final Optional<FiniteCheck> finite;
  private final Map<String, Expr> measures = new LinkedHashMap<>();
  private LayerAdapters adapters;
  private Optional<Expr> places = Optional.empty();

  /**
   * Begins in a graph in which nothing is staged yet.
   *
   * @param compute the type that the model computes in
   * @param plan the layers that are trained
   */
  public Staging(
      Graph graph, DType compute, ParameterGroups groups, AdapterPlan plan, Purpose purpose) {
    this.purpose = purpose;
    boolean trains = purpose == Purpose.TRAINING || purpose == Purpose.DIAGNOSIS;
    this.plan = trains ? plan : plan.withoutDropouts();
    parameters = new FlatParameters(graph, compute, groups);
    factors = new StagedAdapter(parameters, this.plan);
    finite =
        purpose == Purpose.DIAGNOSIS ? Optional.of(new FiniteCheck(factors)) : Optional.empty();
    adapters = finite.<LayerAdapters>map(watching -> watching).orElse(factors);
  }

  /**
   * Stages the base of a task for calibration.
   *
   * @param watching makes what stands at its layers in place of adapters
   * @return the loss
   */
  public static Expr watched(TrainingTask task, Function<Staging, LayerAdapters> watching) {
    Staging at =
        new Staging(new Graph(), task.compute(), task.groups(), task.plan(), Purpose.CALIBRATION);
    at.adapters = watching.apply(at);
    return task.loss(at);
  }

  /**
   * Says which places of the samples a step learns from, before the model is staged; all of them
   * without this. It changes no training, and is heeded where inputs of layers are looked at.
   *
   * @param rows I64 [n], places in [samples * positions], counted row by row
   */
  public void learnsAt(Expr rows) {
    places = Optional.of(rows);
  }

  /** Places of the samples that a step learns from, see {@link #learnsAt}. */
  public Optional<Expr> places() {
    return places;
  }

  /**
   * Reports a number of each batch beside its loss, in the order of the calls. It changes no
   * training. Batches of a step are reported by the sum of their shares of it, as the loss is.
   *
   * @param name as logs have it, for example {@code rewards/margins}
   * @param scalar of any type
   * @throws IllegalArgumentException if there is one of this name
   */
  public void measure(String name, Expr scalar) {
    if (measures.putIfAbsent(name, scalar.detach().to(DType.F32)) != null) {
      throw new IllegalArgumentException("There are two measures called '" + name + "'.");
    }
  }

  /**
   * A weight that is trained beside the adapter and is no part of it. It begins with zeros, learns
   * as the factors do, and is kept in checkpoints; no adapter file has it.
   *
   * @param name that no factor has; the same each time for the same weight
   * @param shape of known sizes
   * @return the weight in {@link #type}
   */
  public Expr beside(String name, Shape shape) {
    return parameters.leaf(new Parameter(name, shape, Parameter.Init.ZEROS));
  }

  /** Stages the program of a task. */
  static TaskLoss of(TrainingTask task, Purpose purpose) {
    Staging at = new Staging(new Graph(), task.compute(), task.groups(), task.plan(), purpose);
    return at.staged(task.loss(at));
  }

  /** Purpose of the program. */
  public Purpose purpose() {
    return purpose;
  }

  /** Graph that the model and its inputs are staged in. */
  public Graph graph() {
    return parameters.graph();
  }

  /** The layers that are trained. */
  public AdapterPlan plan() {
    return plan;
  }

  /** Adapters that the model is staged with. */
  public LayerAdapters adapters() {
    return adapters;
  }

  /** The type that factors, gradients and the loss are in: F32, or F64 where the model is. */
  public DType type() {
    return parameters.type();
  }

  /**
   * Ends the staging.
   *
   * @param loss a scalar of {@link #type}
   */
  public TaskLoss staged(Expr loss) {
    Expr whole = factors.penalty().map(loss::add).orElse(loss);
    return new TaskLoss(parameters, factors, whole, measures, finite);
  }
}

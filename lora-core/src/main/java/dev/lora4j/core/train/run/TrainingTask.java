package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.nn.ParameterGroups;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.FrozenParameters;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Task of a training run: a frozen model, its layers that get an adapter, a loss, and batches of
 * samples. Called by one thread.
 *
 * <p>Results depend on the arguments alone, batches on their number and the adapter as it is then,
 * so that a stopped run resumes to the same bits.
 */
public interface TrainingTask extends FrozenParameters {
  /** The layers that are trained, and how. */
  AdapterPlan plan();

  /** The type that the model computes in. */
  DType compute();

  /** The trained weights that learn at a multiple of the rate. */
  default ParameterGroups groups() {
    return ParameterGroups.NONE;
  }

  /**
   * Stages the model and its loss. The inputs that it declares, in their order, are the results of
   * {@link TrainingBatch#inputs}: those of {@link #batches} for training and diagnosis, those of
   * {@link #heldOut} for validation.
   *
   * @param at the graph, and the adapters that the model is staged with
   * @return a scalar of the factors' type ({@link Staging#type})
   */
  Expr loss(Staging at);

  /** Frozen weight of the model under its name in the staged program. */
  Tensor held(String name);

  /**
   * Bytes that the frozen weights and what is trained may take in memory at a time: the step then
   * reads weights block by block ({@link Program#hold(Scope, Function, long)}). Empty if all of
   * them stay.
   */
  default OptionalLong weightsMemory() {
    return OptionalLong.empty();
  }

  /**
   * Gathers the held inputs of a program of this task, within its {@link #weightsMemory}.
   *
   * @param owner closes the result; the tensors have to last as long
   */
  default HeldInputs hold(Scope owner, Program program, Function<String, Tensor> tensors) {
    return weightsMemory().isPresent()
        ? program.hold(owner, tensors, weightsMemory().getAsLong())
        : program.hold(owner, tensors);
  }

  /**
   * The batches of one step.
   *
   * @param first number of the first, from 0 over the whole run
   * @param count how many
   */
  List<TrainingBatch> batches(long first, int count);

  /**
   * The batches of one step of training. A task whose model makes its own samples makes them here.
   *
   * @param first see {@link #batches(long, int)}
   * @param now what is trained as it is before the step
   */
  default List<TrainingBatch> batches(long first, int count, TrainedNumbers now) {
    return batches(first, count);
  }

  /**
   * Returns false if a run cannot be resumed after so many steps; its checkpoints, and a request to
   * stop, wait for a step after which it can. The last step of a run needs none.
   */
  default boolean resumesAfter(int steps) {
    return true;
  }

  /**
   * Moves the {@link #state} on to a step; called before the step's batches are. The new state
   * depends on the one before, the step's number and what is trained alone.
   *
   * @param first see {@link #batches(long, int)}
   * @param now what is trained as it is before the step
   */
  default void before(long first, int count, TrainedNumbers now) {}

  /**
   * State that a step depends on beside its number and the adapter, by name, as a checkpoint keeps
   * it. A task whose loss changes with the run has one.
   */
  default Map<String, HostTensor> state() {
    return Map.of();
  }

  /**
   * Goes back to a state, also to that of a task which is new; called before the first step of a
   * run that is gone on with, and before each step whose gradients are computed for another run.
   *
   * @param state that {@link #state} gave
   */
  default void restore(Map<String, HostTensor> state) {}

  /**
   * Tells a task what a step measured, after it and before the next one's batches; for a loss that
   * depends on it, which then is part of {@link #state}.
   */
  default void taken(RunListener.Step step) {}

  /**
   * Identity of the loss and the batches, beside the training's settings: strings by names for
   * messages. Those who compute gradients for a run need the same; what is not in it is not
   * compared.
   */
  default Map<String, String> identity() {
    return Map.of();
  }

  /** Validation batches, the same each time; empty if there is no validation. */
  default List<TrainingBatch> heldOut() {
    return List.of();
  }

  /**
   * Numbers of the adapter by what is held out, for a task that has no validation loss; by their
   * names, in order.
   *
   * @param now makes the adapter with the factors that are to be judged
   */
  default Map<String, Double> judge(Supplier<Adapter> now) {
    return Map.of();
  }

  /** Number of each step by which short trainings are compared. */
  default RateSearch.Compared compared() {
    return RateSearch.Compared.LOSS;
  }

  /**
   * Returns true if samples are noise on their way to pictures, and batches know {@link
   * TrainingBatch#progress}.
   */
  default boolean denoises() {
    return false;
  }

  /** The items of a batch in messages, for example {@code pictures}. */
  String items();

  /**
   * Metadata about the training for an adapter's header; requested when there is an adapter.
   *
   * @param steps number of steps of the adapter
   */
  default Map<String, String> metadata(int steps) {
    return Map.of();
  }
}

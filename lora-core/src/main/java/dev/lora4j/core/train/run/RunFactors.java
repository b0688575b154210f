package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.StagedAdapter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Factors of a task, staged with its loss: their layout, their first values, their inputs. */
final class RunFactors {
  private final TrainingSettings settings;
  private final TaskLoss staged;
  private final float[] initial;
  private final Function<String, Tensor> held;

  /**
   * Stages the training of a task.
   *
   * @param scope owner of the tensors that are held
   * @throws IllegalArgumentException if settings, plan and task do not go together
   */
  RunFactors(Scope scope, TrainingTask task, TrainingSettings settings) {
    this.settings = settings;
    AdapterPlan plan = task.plan();
    settings.requireFits(plan);
    if (plan.uncalibrated()) {
      throw new IllegalArgumentException(
          "The recipe's ranks or first factors come from the training data (init = "
              + plan.recipe().start()
              + ", ranks = "
              + plan.recipe().calibration().ranks()
              + "), and this training has not looked at any; calibrate the plan first.");
    }
    if (plan.followsDenoising() && !task.denoises()) {
      throw new IllegalArgumentException(
          "The method "
              + plan.recipe().method().name()
              + " learns by how much noise there is in a picture, and "
              + task.items()
              + " have none. Take another method, for example lora.");
    }
    staged = Staging.of(task, Staging.Purpose.TRAINING);
    initial = factors().initial(scope, settings.seed(), task);
    Map<String, Tensor> own = factors().held(scope, initial);
    held = name -> Optional.ofNullable(own.get(name)).orElseGet(() -> task.held(name));
  }

  /** The mathematics of a batch. */
  TaskLoss staged() {
    return staged;
  }

  /** The factors staged in the program. */
  StagedAdapter factors() {
    return staged.factors();
  }

  /** Layout of the factors in the flat buffer. */
  FlatLayout layout() {
    return factors().layout();
  }

  /** The flat buffer before the first step. */
  float[] initial() {
    return initial;
  }

  /** The program's held tensors other than the trained ones, by name. */
  Function<String, Tensor> held() {
    return held;
  }

  /**
   * Trained numbers, made when they are asked for.
   *
   * @param name of the adapter
   * @param weights the flat buffer
   * @param times what the alpha of each layer is multiplied by
   */
  TrainedNumbers now(String name, Supplier<float[]> weights, double times) {
    return new TrainedNumbers() {
      @Override
      public Adapter get() {
        return unrounded(name, weights.get(), times);
      }

      @Override
      public HostTensor beside(String weight) {
        FlatLayout.Slot slot =
            layout()
                .slot(weight)
                .orElseThrow(
                    () -> new IllegalArgumentException("No weight '" + weight + "' is trained."));
        int from = Math.toIntExact(slot.offset());
        Shape shape = slot.parameter().shape();
        int to = Math.toIntExact(from + shape.elements());
        return HostTensor.of(shape, Arrays.copyOfRange(weights.get(), from, to));
      }
    };
  }

  /** The adapter with factors as they are trained, in F32, the alpha of each layer multiplied. */
  Adapter unrounded(String name, float[] weights, double times) {
    return new Adapter(name, factors().factors(weights, initial, DType.F32, times), Map.of());
  }

  /** See {@link AdapterStep#inputs}. */
  List<Tensor> inputs(Scope scope, long number, TrainingBatch batch) {
    List<Tensor> all =
        new ArrayList<>(
            factors()
                .inputs(
                    scope,
                    settings.seed(),
                    number,
                    number / settings.accumulate(),
                    batch.progress()));
    all.addAll(batch.inputs(scope));
    return all;
  }
}

package dev.lora4j.core.train.run;

import dev.lora4j.core.nn.FiniteCheck;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds out where a step came to numbers that are not finite, by doing it again with an eye on each
 * layer. Changes nothing.
 */
public final class NonFiniteDiagnosis implements AutoCloseable {
  private final Scope scope;
  private final FiniteCheck sites;
  private final Program program;
  private final HeldInputs held;
  private final FlatLayout layout;

  /**
   * Compiles it.
   *
   * @param owner of the program
   * @param staged for {@link Staging.Purpose#DIAGNOSIS}
   * @param weights the flat buffer of factors
   * @param frozen the program's other held tensors
   */
  public NonFiniteDiagnosis(
      Scope owner, TaskLoss staged, Tensor weights, Function<String, Tensor> frozen) {
    scope = owner.child("diagnosis");
    sites = staged.finite().orElseThrow();
    layout = staged.factors().layout();
    Expr gradient = staged.parameters().gradient(staged.loss());
    program = staged.parameters().graph().training(scope, List.of(sites.flags(), gradient));
    try (Scope views = scope.child("views")) {
      held =
          program.hold(
              scope,
              name ->
                  layout
                      .slot(name)
                      .map(s -> weights.view(views, s.offset(), s.parameter().shape()))
                      .orElseGet(() -> frozen.apply(name)));
    }
  }

  /**
   * Diagnoses a batch.
   *
   * @param inputs as the step took them
   * @param items what is in it, for the message
   */
  public NonFiniteStep look(List<Tensor> inputs, List<String> items) {
    try (Scope work = scope.child("look")) {
      List<Tensor> out = program.run(work, held, inputs);
      Optional<String> layer = sites.first(out.get(0).floats()).map(site -> site.name());
      Optional<String> weight =
          layer.isPresent() ? Optional.empty() : firstGradient(out.get(1).floats());
      return new NonFiniteStep(layer, weight, items);
    }
  }

  private Optional<String> firstGradient(float[] gradient) {
    for (FlatLayout.Slot slot : layout.slots()) {
      int from = Math.toIntExact(slot.offset());
      for (int i = 0; i < slot.parameter().shape().elements(); i++) {
        if (!Float.isFinite(gradient[from + i])) {
          return Optional.of(slot.parameter().name());
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    scope.close();
  }
}

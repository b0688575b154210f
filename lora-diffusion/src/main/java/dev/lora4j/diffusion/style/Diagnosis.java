package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.FiniteSites;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Held;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds out where a step came to numbers that are not finite, by doing it again with an eye on each
 * layer. Changes nothing.
 */
final class Diagnosis implements AutoCloseable {
  private final Scope scope;
  private final FiniteSites sites;
  private final Program program;
  private final Held held;
  private final FlatLayout layout;

  /**
   * @param staged watched, and otherwise the program that trains
   * @param weights the flat buffer of factors
   * @param frozen what the program holds beside it
   */
  Diagnosis(Scope owner, StyleProgram staged, Tensor weights, Function<String, Tensor> frozen) {
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

  /** Looks at a batch. */
  NotFinite look(List<Tensor> inputs, List<Path> files) {
    try (Scope work = scope.child("look")) {
      List<Tensor> out = program.run(work, held, inputs);
      Optional<String> layer = sites.first(out.get(0).floats()).map(site -> site.name());
      Optional<String> weight =
          layer.isPresent() ? Optional.empty() : firstGradient(out.get(1).floats());
      return new NotFinite(layer, weight, files);
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

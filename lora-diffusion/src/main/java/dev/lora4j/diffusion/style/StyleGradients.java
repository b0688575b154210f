package dev.lora4j.diffusion.style;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.GradientShare;
import dev.lora4j.core.train.run.GradientWorker;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.SharedStep;
import dev.lora4j.core.train.run.TaskGradients;
import java.util.function.Supplier;

/** Gradients of a trainer's steps. */
final class StyleGradients implements GradientWorker {
  private final StyleTrainer trainer;
  private final Scope scope;
  private final TaskGradients gradients;

  /** Encodes the pictures and compiles the program. */
  StyleGradients(StyleTrainer trainer, AdapterPlan plan, RunListener heard) {
    this.trainer = trainer;
    scope = trainer.base.scope().child("style");
    try {
      gradients = limited(() -> StyleCourse.of(trainer, plan, heard).gradients(scope));
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  @Override
  public GradientShare share(SharedStep step, int from, int to) {
    return limited(() -> gradients.share(step, from, to));
  }

  private <T> T limited(Supplier<T> work) {
    return trainer.base.scope().engine().limited(trainer.threads, work);
  }

  @Override
  public void close() {
    scope.close();
  }
}

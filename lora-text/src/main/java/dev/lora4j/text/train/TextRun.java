package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.calibration.Calibration;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.InterruptibleTask;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainedAdapter;
import dev.lora4j.core.train.run.TrainingLoop;
import dev.lora4j.text.model.TextModel;
import java.util.function.Function;

/**
 * One run of the loop on texts, whatever is learned of them.
 *
 * @param scope the model's
 * @param keeping policy of checkpoints and validation
 * @param name of the adapter
 */
record TextRun(
    Scope scope,
    TextModel base,
    TrainingTexts texts,
    TextTrainingSettings settings,
    CheckpointPolicy keeping,
    String name) {

  /**
   * Trains, on a thread of its own.
   *
   * @param plan the layers that are trained
   * @param tasks the tasks of plans, owned by a scope; called on that thread
   */
  TrainedText of(
      AdapterPlan plan,
      Function<Scope, Function<AdapterPlan, SequenceTask>> tasks,
      RunListener listener) {
    texts.requireFor(base);
    CheckpointPolicy identified = texts.identified(keeping, base, settings);
    return InterruptibleTask.run(
        sign -> {
          try (Scope work = scope.child("training")) {
            Function<AdapterPlan, SequenceTask> own = tasks.apply(work);
            SequenceTask task = own.apply(plan);
            AdapterPlan found = Calibration.of(work, task, identified, sign.telling(listener));
            SequenceTask trains = found.equals(plan) ? task : own.apply(found);
            try (TrainingLoop loop =
                new TrainingLoop(work, trains, settings.training(), identified, listener, sign)) {
              TrainedAdapter trained = loop.run(name);
              return new TrainedText(
                  trained.adapter(), base.family(), base.use(), trained.losses());
            }
          }
        });
  }
}

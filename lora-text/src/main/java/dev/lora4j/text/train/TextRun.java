package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.calibration.Calibration;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.InterruptibleTask;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TaskWorker;
import dev.lora4j.core.train.run.TrainedAdapter;
import dev.lora4j.core.train.run.TrainingLoop;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.core.train.run.TrainingWorker;
import dev.lora4j.text.model.TextModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One run of the loop on texts, whatever is learned of them. Tasks of plans are made by a function
 * of the scope that owns what they need; it is called on the thread that trains.
 *
 * @param scope the model's
 * @param kind identity of this kind of training, beside texts and settings
 */
record TextRun(Scope scope, TextModel base, TrainingRequest request, Map<String, String> kind) {
  /** Checks the texts. */
  TextRun {
    request.texts().requireFor(base);
  }

  /**
   * Trains, on a thread of its own.
   *
   * @param plan the layers that are trained
   * @param tasks the tasks of plans, owned by a scope
   */
  TrainedText of(
      AdapterPlan plan,
      Function<Scope, Function<AdapterPlan, SequenceTask>> tasks,
      RunListener listener) {
    CheckpointPolicy keeping = identified();
    return InterruptibleTask.run(
        sign ->
            limited(
                () -> {
                  try (Scope work = scope.child("training");
                      TrainingLoop loop =
                          TrainingLoop.of(
                              work,
                              task(work, plan, tasks, keeping, sign.telling(listener)),
                              training(),
                              keeping,
                              request.steps(),
                              listener,
                              sign)) {
                    TrainedAdapter trained = loop.run(request.name());
                    return new TrainedText(
                        trained.adapter(), base.family(), base.use(), trained.losses());
                  }
                }));
  }

  /** Opens what computes the gradients of its steps. */
  TrainingWorker worker(
      AdapterPlan plan,
      Function<Scope, Function<AdapterPlan, SequenceTask>> tasks,
      RunListener listener) {
    return TaskWorker.of(
        scope,
        threads(),
        training(),
        work -> task(work, plan, tasks, CheckpointPolicy.NOTHING, listener));
  }

  /** Tries several rates for so many steps; nothing is kept. */
  List<RateSearch.Trial> search(
      AdapterPlan plan,
      Function<Scope, Function<AdapterPlan, SequenceTask>> tasks,
      int steps,
      RateSearch.Course course,
      RateSearch.Listener listener) {
    return InterruptibleTask.run(
        sign ->
            limited(
                () -> {
                  try (Scope work = scope.child("search")) {
                    SequenceTask task = tasks.apply(work).apply(plan);
                    return new RateSearch(work, task, training(), steps, sign)
                        .run(course, listener);
                  }
                }));
  }

  /** A task with the ranks and first factors that its texts decide, if its recipe asks so. */
  private SequenceTask task(
      Scope work,
      AdapterPlan plan,
      Function<Scope, Function<AdapterPlan, SequenceTask>> tasks,
      CheckpointPolicy keeping,
      RunListener heard) {
    return Calibration.task(work, plan, tasks.apply(work), keeping, heard)
        .identified(
            () -> {
              Map<String, String> all = new HashMap<>(kind);
              all.putAll(request.texts().identity(base, request.settings()));
              return all;
            });
  }

  /** Policy of checkpoints with the identity of the run. */
  private CheckpointPolicy identified() {
    CheckpointPolicy keeping = request.keeping();
    Map<String, String> all = new HashMap<>(keeping.identity());
    all.putAll(kind);
    return request.texts().identified(keeping.identity(all), base, request.settings());
  }

  private TrainingSettings training() {
    return request.settings().training();
  }

  private int threads() {
    return request.threads().orElse(engine().threads());
  }

  private <T> T limited(Supplier<T> work) {
    return engine().limited(threads(), work);
  }

  private Engine engine() {
    return scope.engine();
  }
}

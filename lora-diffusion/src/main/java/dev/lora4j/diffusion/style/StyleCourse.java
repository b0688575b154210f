package dev.lora4j.diffusion.style;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.calibration.Calibration;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.InterruptibleTask;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainedAdapter;
import dev.lora4j.core.train.run.TrainingLoop;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import java.util.List;

/**
 * A trainer with its pictures encoded, for one run.
 *
 * @param plan the layers that are trained
 * @param heard is told of pictures that are encoded, and of calibration
 */
record StyleCourse(
    StyleTrainer trainer,
    AdapterPlan plan,
    SampleSource samples,
    ContentCache cache,
    RunListener heard) {
  /** Encodes the pictures, or takes them from the cache. */
  static StyleCourse of(StyleTrainer trainer, AdapterPlan plan, RunListener heard) {
    StyleCourse course = begun(trainer, plan, heard);
    int pictures = course.samples.pictures();
    if (pictures > 0) {
      trainer
          .encoding
          .orElse((all, done) -> course.samples.encode(EncodingShare.ALL, done))
          .encode(pictures, done -> heard.encoding(done, pictures));
    }
    return course;
  }

  /** With pictures as they are, encoded or not. */
  static StyleCourse begun(StyleTrainer trainer, AdapterPlan plan, RunListener heard) {
    ContentCache cache = ContentCache.ofUser(DType.F32);
    SampleSource samples = trainer.source.samples(trainer, cache, heard);
    return new StyleCourse(trainer, plan, samples, cache, heard);
  }

  /**
   * Encodes the pictures of a share and, unless their encoders are trained, its captions.
   *
   * @return how many pictures there are in the share
   */
  int encode(EncodingShare share) {
    int[] count = {0};
    samples.encode(share, done -> count[0] = done);
    if (!StyleProgram.trainsText(plan) && trainer.slider.isEmpty()) {
      EncodedCaptions texts = StyleLesson.texts(trainer, cache);
      samples.captions(share).distinct().forEach(caption -> texts.of(caption, true));
    }
    return count[0];
  }

  /** Trains to the end. */
  TrainedStyle train(RunListener listener, InterruptibleTask sign) {
    try (Scope scope = trainer.base.scope().child("style");
        TrainingLoop loop =
            TrainingLoop.of(
                scope,
                calibrated(scope, trainer.keeping),
                trainer.settings.training(),
                trainer.keeping,
                trainer.steps,
                listener,
                sign)) {
      TrainedAdapter trained = loop.run(trainer.name);
      return new TrainedStyle(trained.adapter(), trainer.base.family(), trained.losses());
    }
  }

  /** Tries several rates for so many steps. */
  List<RateSearch.Trial> search(
      RateSearch.Course course, int steps, RateSearch.Listener listener, InterruptibleTask sign) {
    try (Scope scope = trainer.base.scope().child("search")) {
      TrainingTask task = calibrated(scope, CheckpointPolicy.NOTHING);
      return new RateSearch(scope, task, trainer.settings.training(), steps, sign)
          .run(course, listener);
    }
  }

  /** A task with the ranks and first factors that its pictures decide, if its recipe asks so. */
  TrainingTask calibrated(Scope scope, CheckpointPolicy kept) {
    return Calibration.task(
        scope,
        plan,
        layers -> new StyleLesson(trainer, scope, layers, samples, cache).task(),
        kept,
        heard);
  }
}

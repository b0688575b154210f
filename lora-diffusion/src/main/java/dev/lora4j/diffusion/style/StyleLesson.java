package dev.lora4j.diffusion.style;

import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.diffusion.consistency.ConsistencyObjective;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.preference.PairObjective;
import dev.lora4j.diffusion.slider.SliderSettings;
import dev.lora4j.diffusion.train.objective.ClassPreservation;
import java.util.function.Function;

/**
 * Subject of a trainer, as a task with its pictures.
 *
 * @param scope owner of what the task needs beside the base
 * @param plan the layers that are trained
 * @param cache of encoded captions
 */
record StyleLesson(
    StyleTrainer trainer, Scope scope, AdapterPlan plan, SampleSource samples, ContentCache cache) {
  /** Captions as the steps of a trainer are told them, unless they train text encoders. */
  static EncodedCaptions texts(StyleTrainer trainer, ContentCache cache) {
    return new EncodedCaptions(
        trainer.base, cache, trainer.settings.clipSkip(), trainer.settings.captionChunks());
  }

  TrainingTask task() {
    int chunks = trainer.settings.captionChunks();
    EncodedCaptions texts = texts(trainer, cache);
    CaptionInputs captions =
        new StyleInputs(trainer.base, texts, StyleProgram.trainsText(plan), chunks);
    Metadata learned =
        trainer
            .consistency
            .map(FewStepLesson::metadata)
            .orElseGet(
                () ->
                    ObjectiveMetadata.of(trainer.settings.objective())
                        .withAll(
                            trainer.slider.map(SliderSettings::metadata).orElse(Metadata.EMPTY))
                        .withAll(
                            trainer
                                .preservation
                                .map(ClassPreservation::metadata)
                                .orElse(Metadata.EMPTY))
                        .withAll(
                            trainer
                                .trainingAdapter
                                .map(TrainingAdapter::metadata)
                                .orElse(Metadata.EMPTY)));
    StyleMetadata header = StyleMetadata.on(trainer.base.base(), trainer.metadata);
    SampleSource shown =
        trainer
            .slider
            .map(how -> samples.prompted(how.variants(), trainer.settings.seed()))
            .orElse(samples);
    TrainedDenoiser base =
        trainer
            .trainingAdapter
            .map(
                active ->
                    TrainedDenoiser.with(
                        scope, trainer.base.base(), active, trainer.settings.recipe()))
            .orElseGet(() -> TrainedDenoiser.alone(trainer.base.base()));
    Function<PredictionLoss, StyleTask> task =
        loss ->
            new StyleTask(
                    trainer.base.base(),
                    plan,
                    trainer.settings,
                    captions,
                    shown,
                    loss,
                    trainer.timesteps,
                    steps -> header.of(trainer.name, trainer.settings, plan, shown, learned, steps))
                .on(base)
                .identified(trainer.keeping.identity());
    if (trainer.preference.isPresent()) {
      StyleTask plain = task.apply(PredictionLoss.NOISE);
      return task.apply(preference(trainer.preference.get(), plain, captions));
    }
    if (trainer.consistency.isPresent()) {
      return new ConsistencyTask(
          task.apply(PredictionLoss.NOISE),
          trainer.base.base(),
          new ConsistencyObjective(trainer.base.base().schedule(), trainer.consistency.get()),
          trainer.settings,
          captions,
          samples,
          () -> texts.of("", true),
          trainer.timesteps);
    }
    if (trainer.slider.isPresent()) {
      return task.apply(
          new SliderLoss(
              trainer.base.base(), trainer.slider.get(), prompt -> texts.of(prompt, true)));
    }
    if (trainer.preservation.isPresent()) {
      return task.apply(
          new PreservedLoss(trainer.base.base(), trainer.preservation.get(), texts::of));
    }
    return task.apply(
        trainer.teachers.isEmpty()
            ? PredictionLoss.NOISE
            : new TeacherLoss(scope, trainer.base, trainer.teachers, trainer.settings, cache));
  }

  private PairPreference preference(
      PairObjective objective, StyleTask plain, CaptionInputs captions) {
    if (plan.recipe().beginning().isPresent()) {
      return PairPreference.beside(
          objective,
          new FrozenErrors(scope, trainer.base.base(), plan, trainer.settings, captions, plain));
    }
    if (StyleProgram.trainsText(plan)) {
      throw new IllegalArgumentException(
          "Pairs are learned by layers of the denoiser: the base that they are compared with sees"
              + " captions as its own text encoders do. Train no text encoder, or begin with an"
              + " adapter of it.");
    }
    return PairPreference.besideBase(objective);
  }
}

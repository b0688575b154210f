package dev.lora4j.diffusion.style;

import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.GradientSource;
import dev.lora4j.core.train.run.StepSource;
import dev.lora4j.diffusion.consistency.ConsistencySettings;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.preference.PairObjective;
import dev.lora4j.diffusion.slider.SliderSettings;
import dev.lora4j.diffusion.train.objective.ClassPreservation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A trainer while one of its parts is changed. */
final class TrainerDraft {
  StableDiffusion base;
  StyleTrainer.Source source;
  StyleSettings settings;
  CheckpointPolicy keeping = CheckpointPolicy.NOTHING;
  String name = "style";
  Map<String, String> metadata = Map.of();

  /** Pictures of a batch, for pictures in memory or in a folder. */
  int batch = 8;

  /** Share of captions left out, so that guidance keeps working. */
  double captionDropout = 0.1;

  /** Levels of noise at which each picture that is held out is looked at. */
  int timesteps = 4;

  int threads;
  List<Teacher> teachers = List.of();
  Optional<PairObjective> preference = Optional.empty();
  Optional<ConsistencySettings> consistency = Optional.empty();
  Optional<SliderSettings> slider = Optional.empty();
  Optional<ClassPreservation> preservation = Optional.empty();
  Optional<TrainingAdapter> trainingAdapter = Optional.empty();

  /** Encodes the pictures, if the run does not do so itself. */
  Optional<EncodingSource> encoding = Optional.empty();

  /** Computes the gradients, if the run does not do so itself. */
  StepSource steps = GradientSource.OWN;

  TrainerDraft(StableDiffusion base, StyleTrainer.Source source, StyleSettings settings) {
    this.base = base;
    this.source = source;
    this.settings = settings;
    threads = base.scope().engine().threads();
  }

  TrainerDraft(StyleTrainer trainer) {
    base = trainer.base;
    source = trainer.source;
    settings = trainer.settings;
    keeping = trainer.keeping;
    name = trainer.name;
    metadata = trainer.metadata;
    batch = trainer.batch;
    captionDropout = trainer.captionDropout;
    timesteps = trainer.timesteps;
    threads = trainer.threads;
    teachers = trainer.teachers;
    preference = trainer.preference;
    consistency = trainer.consistency;
    slider = trainer.slider;
    preservation = trainer.preservation;
    trainingAdapter = trainer.trainingAdapter;
    encoding = trainer.encoding;
    steps = trainer.steps;
  }

  StyleTrainer trainer() {
    return new StyleTrainer(this);
  }
}

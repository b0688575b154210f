package dev.lora4j.diffusion.style;

import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.diffusion.base.DiffusionModel;
import java.util.ArrayList;
import java.util.List;

/** Checks of a trainer that need its layers, made before pictures are encoded. */
final class TrainerChecks {
  private TrainerChecks() {}

  /**
   * Refuses settings that do not fit the base, the layers or each other.
   *
   * @throws IllegalArgumentException with the reason
   * @throws dev.lora4j.core.tensor.TensorException likewise
   */
  static void require(StyleTrainer trainer, AdapterPlan plan) {
    trainer.settings.requireFits(plan);
    if (trainer.consistency.isPresent()) {
      FewStepLesson.require(plan);
    } else {
      trainer.settings.objective().requireFits(trainer.base.base().schedule());
    }
    StreamedWeights.require(trainer.base.base(), trainer.settings, plan);
    requireChunks(trainer);
    trainer.base.base().arrangement().requireClipSkip(trainer.settings.clipSkip());
    requireGuidance(trainer);
    requireOneSubject(trainer);
    if (trainer.slider.isPresent()) {
      SliderLesson.require(plan);
    }
    if (trainer.preservation.isPresent()) {
      PreservationLesson.require(plan);
    }
  }

  /** A guidance scale is told to denoisers that are told one in training. */
  private static void requireGuidance(StyleTrainer trainer) {
    DiffusionModel base = trainer.base.base();
    if (trainer.settings.guidance().isPresent() && base.denoiser().trainingGuidance().isEmpty()) {
      throw new IllegalArgumentException(
          base.path()
              + " is told no guidance scale in training, found loss.guidance_scale "
              + trainer.settings.guidance().getAsDouble()
              + "; leave it out.");
    }
  }

  /** Chunks of captions are defined where all encoders read the same tokens side by side. */
  private static void requireChunks(StyleTrainer trainer) {
    int chunks = trainer.settings.captionChunks();
    if (chunks > 1 && !trainer.base.base().arrangement().together()) {
      throw new IllegalArgumentException(
          "Captions are taken in "
              + chunks
              + " chunks, but the text encoders of "
              + trainer.base.base().path()
              + " do not read the same tokens side by side, and one run of the last takes long"
              + " captions by itself; take 1 (caption_chunks).");
    }
  }

  /** Reference pictures go with the loss of a style, and with what is preserved, alone. */
  static void requireReferences(StyleTrainer trainer, int references) {
    List<String> others = new ArrayList<>();
    trainer.consistency.ifPresent(how -> others.add("few steps"));
    trainer.slider.ifPresent(how -> others.add("slider"));
    if (!trainer.teachers.isEmpty()) {
      others.add("teachers");
    }
    if (references > 0 && !others.isEmpty()) {
      throw new IllegalArgumentException(
          "Reference pictures (reference_dir) are for learning pictures; they go with no "
              + String.join(", ", others)
              + ".");
    }
  }

  /** Sliders and what is preserved go with the loss of a style alone. */
  private static void requireOneSubject(StyleTrainer trainer) {
    List<String> others = new ArrayList<>();
    trainer.consistency.ifPresent(how -> others.add("few steps"));
    trainer.preference.ifPresent(how -> others.add("pairs of pictures"));
    if (!trainer.teachers.isEmpty()) {
      others.add("teachers");
    }
    if (trainer.slider.isPresent() && !others.isEmpty()) {
      throw new IllegalArgumentException(
          "A slider learns from the base alone; it goes with no "
              + String.join(", ", others)
              + ".");
    }
    trainer.slider.ifPresent(how -> others.add("slider"));
    if (trainer.trainingAdapter.isPresent() && !others.isEmpty()) {
      throw new IllegalArgumentException(
          "A training adapter is active where pictures are learned; it goes with no "
              + String.join(", ", others)
              + ". Bake it into the base instead.");
    }
    if (trainer.preservation.isPresent() && !others.isEmpty()) {
      throw new IllegalArgumentException(
          "The base is preserved beside the loss of pictures alone; that goes with no "
              + String.join(", ", others)
              + ".");
    }
  }
}

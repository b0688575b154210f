package dev.lora4j.bench.training;

import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.schedule.Constant;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.diffusion.style.LearningRates;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import java.nio.file.Path;

/**
 * Settings of a contender in training. It travels between processes as text.
 *
 * @param folder of the model, in the layout of diffusers
 * @param compute the type of the frozen base
 * @param batch pictures
 * @param side height and width of the latents
 * @param checkpointing whether parts of the denoiser are computed twice
 * @param inputs the file of {@link TrainingInputs}
 */
record TrainingSetting(
    Path folder, DType compute, int batch, int side, boolean checkpointing, Path inputs) {
  private static final String SEPARATOR = "|";
  private static final double RATE = 1e-4;
  private static final int STEPS = 1_000_000;

  static TrainingSetting of(String text) {
    String[] parts = text.split("\\" + SEPARATOR, -1);
    return new TrainingSetting(
        Path.of(parts[0]),
        DType.valueOf(parts[1]),
        Integer.parseInt(parts[2]),
        Integer.parseInt(parts[3]),
        Boolean.parseBoolean(parts[4]),
        Path.of(parts[5]));
  }

  String text() {
    return String.join(
        SEPARATOR,
        folder.toString(),
        compute.name(),
        Integer.toString(batch),
        Integer.toString(side),
        Boolean.toString(checkpointing),
        inputs.toString());
  }

  /** The same for a base in another type. */
  TrainingSetting in(DType other) {
    return new TrainingSetting(folder, other, batch, side, checkpointing, inputs);
  }

  /** The same with parts of the denoiser computed twice, or not. */
  TrainingSetting checkpointing(boolean twice) {
    return new TrainingSetting(folder, compute, batch, side, twice, inputs);
  }

  /** LoRA of rank 16 on attention, AdamW, gradient clipped to 1, the plain squared error. */
  StyleSettings style() {
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT
            .method(new LoraTraining())
            .targets(TargetLayers.of(TargetPreset.ATTENTION));
    return StyleSettings.DEFAULT
        .with(recipe)
        .with(LearningRates.of(RATE))
        .with(RateSchedule.of(new Constant(), STEPS))
        .with(ObjectiveSettings.PLAIN)
        .withCheckpointing(checkpointing);
  }
}

package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.adapter.full.FullTraining;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SitePattern;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.Dropouts;
import dev.lora4j.core.train.adapter.SiteOverride;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.schedule.CosineWithRestarts;
import dev.lora4j.core.train.schedule.Decay;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.diffusion.dataset.bucket.Bucket;
import dev.lora4j.diffusion.dataset.bucket.BucketFit;
import dev.lora4j.diffusion.dataset.caption.CaptionSettings;
import dev.lora4j.diffusion.dataset.source.Augmentations;
import dev.lora4j.diffusion.family.stablediffusion.UNetTargets;
import dev.lora4j.diffusion.train.objective.Huber;
import dev.lora4j.diffusion.train.objective.HuberSchedule;
import dev.lora4j.diffusion.train.objective.Loss;
import dev.lora4j.diffusion.train.objective.LossSettings;
import dev.lora4j.diffusion.train.objective.NoiseSettings;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import dev.lora4j.diffusion.train.objective.TimestepSettings;
import dev.lora4j.diffusion.train.objective.WeightSettings;
import dev.lora4j.spi.Extensions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Runs, checkpoints and trainings that were written before are known again by these texts. */
class RunTextTest {
  private static final Path GOLDEN = Path.of("src/test/resources/run-texts.txt");

  /** Everything otherwise than by default. */
  private static StyleSettings unusual() {
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT
            .method(new FullTraining(true, false))
            .targets(
                new TargetLayers(
                    List.of(TargetPreset.ATTENTION_FEED_FORWARD, UNetTargets.B_LORA_STYLE),
                    List.of(SitePattern.of("unet.conv_*")),
                    List.of(SitePattern.of("re:unet\\.mid.*"))))
            .rank(8, 1e-3)
            .overrides(List.of(SiteOverride.rank("unet.up*", 4), SiteOverride.scaled("unet.*", 2)))
            .saved("unet.conv_in");
    ObjectiveSettings objective =
        new ObjectiveSettings(
            new TimestepSettings(
                false,
                10,
                OptionalInt.of(900),
                TimestepSettings.Sampling.LOGIT_NORMAL,
                1.5,
                OptionalDouble.of(3),
                0.25,
                0.75,
                1.29,
                1,
                TimestepSettings.Bias.NONE),
            new NoiseSettings(0.05, true, 0.01, 6, 0.4, 0.1, true),
            new LossSettings(new Huber(0.2, HuberSchedule.EXPONENTIAL, 2), true),
            new WeightSettings(5, false, false, 0.5, WeightSettings.FlowWeighting.NONE, 0.8, true));
    return new StyleSettings(
        recipe,
        Extensions.installed().make(Optimizer.class, "prodigy"),
        new LearningRates(1e-4, OptionalDouble.of(2e-4), OptionalDouble.of(5e-5), 16),
        new RateSchedule(new CosineWithRestarts(3), 1200, 100, 0.05),
        objective,
        4,
        0.5,
        0.999,
        OptionalDouble.of(1.25),
        1,
        3,
        true,
        1L << 40,
        DType.BF16,
        OptionalDouble.empty());
  }

  @Test
  void recordedTextsAreStable() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Class<?> point :
        List.of(TrainableMethod.class, Optimizer.class, Decay.class, Loss.class)) {
      Extensions.installed()
          .shared(point)
          .forEach(
              (name, extension) ->
                  lines.add(point.getSimpleName() + " " + name + ": " + text(extension)));
    }
    lines.add("settings: " + text(StyleSettings.DEFAULT));
    lines.add("other settings: " + text(unusual()));
    AdapterRecipe convolutions =
        AdapterRecipe.DEFAULT
            .convolutions(4, 2)
            .start(FactorInit.ORTHOGONAL)
            .rankStabilised(true)
            .dropouts(new Dropouts(0.1, 0.2, 0.3, 0.4));
    lines.add("recipe: " + text(convolutions));
    lines.add("fit: " + text(new BucketFit(new Bucket(512, 768), 520, 780, 0.65)));
    lines.add("captions: " + text(CaptionSettings.DEFAULT.dropout(0.1)));
    lines.add("augmentations: " + text(new Augmentations(true, false, true)));
    assertEquals(Files.readString(GOLDEN), String.join("\n", lines) + "\n");
  }

  private static String text(Object value) {
    return CanonicalForm.text(value);
  }
}

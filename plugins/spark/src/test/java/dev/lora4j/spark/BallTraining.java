package dev.lora4j.spark;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.emoji.EmojiSd;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Row;

/** A small training, and pictures of rows, as one process has them with one thread. */
final class BallTraining {
  static final int BATCHES = 4;

  private BallTraining() {}

  static StyleTrainer trainer(StableDiffusion base, String folder, int steps) {
    return StyleTrainer.on(base)
        .batch(1)
        .images(Path.of(folder))
        .threads(1)
        .settings(
            StyleSettings.DEFAULT
                .with(StyleTrainer.objective(base))
                .withRank(4)
                .withSteps(steps)
                .withAccumulation(BATCHES)
                .withStored(DType.F32));
  }

  /** SHA-256 of the pictures of rows of prompt, seed, adapters ("glossy:0.7" or null), steps. */
  static Set<String> pictures(StableDiffusion base, List<Row> rows) {
    Set<String> all = new TreeSet<>();
    for (Row row : rows) {
      Prompt plain = Prompt.of(row.getString(0)).seed(row.getLong(1)).steps(row.getInt(3));
      Prompt prompt =
          row.isNullAt(2) ? plain : plain.mix(MixPlan.of(base.adapter(EmojiSd.glossy()), 0.7));
      all.add(Digests.hex(base.generate(prompt).png()));
    }
    return all;
  }
}

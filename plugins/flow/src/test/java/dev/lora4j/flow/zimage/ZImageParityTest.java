package dev.lora4j.flow.zimage;

import dev.lora4j.flow.PredictionContract;
import dev.lora4j.flow.TinyPipeline;
import java.nio.file.Path;
import java.util.Map;

/**
 * Predictions of the transformer: of texts of several lengths and a picture that is filled up, and
 * of ones whose tokens need no filling.
 */
class ZImageParityTest extends PredictionContract {
  private static final Path FOLDER = TinyPipeline.ZIMAGE.source().resolve("transformer");

  ZImageParityTest() {
    super(
        ZImageGoldens.TINY,
        file -> new ZImageTransformer(new ZImageConfigFile(file).config()),
        Map.of("uneven", FOLDER, "even", FOLDER));
  }
}

package dev.lora4j.flow.flux2;

import dev.lora4j.flow.PredictionContract;
import dev.lora4j.flow.TinyPipeline;
import java.nio.file.Path;
import java.util.Map;

/**
 * Predictions of the transformer, and of one with other sizes and frequencies than diffusers has
 * where nothing is said.
 */
class Flux2ParityTest extends PredictionContract {
  private static final Path FOLDER = TinyPipeline.KLEIN.source().resolve("transformer");

  Flux2ParityTest() {
    super(
        Flux2Goldens.TINY,
        file -> new Flux2Transformer(new Flux2ConfigFile(file).config()),
        Map.of(
            "uneven", FOLDER,
            "even", FOLDER,
            "keys", Flux2Goldens.TINY.folder().resolve("keys")));
  }
}

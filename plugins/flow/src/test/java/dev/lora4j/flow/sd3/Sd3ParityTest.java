package dev.lora4j.flow.sd3;

import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.PredictionContract;
import dev.lora4j.flow.TinyPipeline;
import java.util.Map;

/** Predictions of the transformers of Stable Diffusion 3, 3.5 Medium and Large. */
class Sd3ParityTest extends PredictionContract {
  Sd3ParityTest() {
    super(
        Sd3Goldens.TINY,
        file -> new Sd3Transformer(new Sd3ConfigFile(file).config()),
        Map.of(
            "sd3", Goldens.RESOURCES.resolve("transformers/sd3"),
            "sd35m", TinyPipeline.SD3.source().resolve("transformer"),
            "sd35l", Goldens.RESOURCES.resolve("transformers/sd35l")));
  }
}

package dev.lora4j.flow.flux;

import dev.lora4j.flow.PredictionContract;
import dev.lora4j.flow.TinyPipeline;
import java.util.Map;

/** Predictions of the transformers of FLUX.1 [dev] and [schnell]. */
class FluxParityTest extends PredictionContract {
  FluxParityTest() {
    super(
        FluxGoldens.TINY,
        file -> new FluxTransformer(new FluxConfigFile(file).config()),
        Map.of(
            "dev",
            TinyPipeline.FLUX.source().resolve("transformer"),
            "schnell",
            FluxGoldens.SCHNELL));
  }
}

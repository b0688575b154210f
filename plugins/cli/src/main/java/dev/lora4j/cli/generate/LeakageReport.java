package dev.lora4j.cli.generate;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.record.Leakage;
import dev.lora4j.diffusion.request.Prompt;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Report of the leakage of adapters with a region: the change within it and outside. */
final class LeakageReport {
  private LeakageReport() {}

  /** Makes the picture again without each of these adapters in turn; one line for each. */
  static List<String> lines(StableDiffusion sd, GeneratedImage image) {
    List<String> lines = new ArrayList<>();
    Prompt prompt = image.prompt();
    List<MixPlan.Part> parts = prompt.mix().parts();
    for (int i = 0; i < parts.size(); i++) {
      MixPlan.Part part = parts.get(i);
      if (part.area().isPresent()) {
        // Not taken away, since a mixer may name it.
        List<MixPlan.Part> others = new ArrayList<>(parts);
        others.set(i, part.weight(Weight.of(0)).text(0));
        BufferedImage without = sd.generate(prompt.mix(prompt.mix().parts(others))).image();
        Leakage leakage = Leakage.of(image.image(), without, part.area().get());
        lines.add(part.adapter().name() + " " + leakage);
      }
    }
    return lines;
  }
}

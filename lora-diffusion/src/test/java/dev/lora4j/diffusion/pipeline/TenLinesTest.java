package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.diffusion.style.StyleTrainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines that the README shows. */
class TenLinesTest {
  @Test
  void theLinesOfTheReadmeRun(@TempDir Path folder) {
    Path inkFile = TinySd.FOLDER.resolve("lora-kohya.safetensors");
    Path glowFile = TinySd.FOLDER.resolve("lora-kohya-2.safetensors");
    Path pictures = folder.resolve("pictures");
    List<Integer> heard = new ArrayList<>();
    StepListener listener = (step, steps) -> heard.add(step);
    List<Integer> trained = new ArrayList<>();
    RunListener progress = p -> trained.add(p.step());
    try (var lora = Lora4j.open();
        var sd = StableDiffusion.open(lora, TinySd.FOLDER)) {
      sd.generate(Prompt.of("a picture").steps(1)).save(pictures.resolve("one.png"));
      var ink = sd.adapter(inkFile);
      var glow = sd.adapter(glowFile);
      var mix = MixPlan.of(ink, 0.7).with(glow, Weight.steps(0.5, 1.0, 0.4));
      var image = sd.generate(Prompt.of("a fox").seed(7).steps(20).mix(mix), listener).image();
      StyleTrainer.on(sd)
          .images(pictures)
          .rank(16)
          .steps(2)
          .run(progress)
          .save(folder.resolve("my.safetensors"));
      assertEquals(32, image.getWidth());
      assertEquals(20, heard.size());
      assertEquals(List.of(1, 2), trained);
      assertTrue(sd.adapter(folder.resolve("my.safetensors")).sites().size() > 10);
    }
  }
}

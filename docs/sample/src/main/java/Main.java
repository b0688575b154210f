import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.*;
import dev.lora4j.diffusion.pipeline.*;
import dev.lora4j.diffusion.request.*;
import dev.lora4j.emoji.EmojiSd;
class Main {
  public static void main(String[] arguments) {
    try (var lora = Lora4j.open(); var sd = StableDiffusion.open(lora, EmojiSd.folder())) {
      var mix = MixPlan.of(sd.adapter(EmojiSd.glossy()), Weight.steps(0.2, 1.0, 0.9));
      var fox = sd.generate(Prompt.of("a fox").seed(7).steps(20).mix(mix));
      fox.save(java.nio.file.Path.of("target/fox.png"));
    }
  }
}

package dev.lora4j.diffusion.record;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import dev.lora4j.spi.ExtensionRequest;
import java.util.stream.Collectors;

/** Infotext: generation info of a picture in the form that other tools read from PNG files. */
final class Infotext {
  private Infotext() {}

  static String of(Prompt prompt, GenerationInfo making) {
    StringBuilder text = new StringBuilder(prompt.text());
    for (MixPlan.Part part : prompt.mix().parts()) {
      text.append(" <lora:")
          .append(part.adapter().name())
          .append(':')
          .append(part.weight().value())
          .append('>');
    }
    if (!prompt.negative().isEmpty()) {
      text.append("\nNegative prompt: ").append(prompt.negative());
    }
    text.append("\nSteps: ").append(prompt.steps());
    text.append(", Sampler: ").append(prompt.sampler());
    if (prompt.schedule() != SigmaSchedule.DEFAULT) {
      text.append(", Schedule type: ").append(prompt.schedule().text());
    }
    prompt.guidance().ifPresent(scale -> text.append(", CFG scale: ").append(scale));
    prompt.trueCfg().ifPresent(scale -> text.append(", True CFG scale: ").append(scale));
    text.append(", Seed: ").append(prompt.seed());
    if (prompt.clipSkip() > 0) {
      // Other tools count the last layer as 1.
      text.append(", Clip skip: ").append(prompt.clipSkip() + 1);
    }
    text.append(", Size: ").append(prompt.width()).append('x').append(prompt.height());
    text.append(", Model hash: ").append(making.baseHash(), 0, 10);
    text.append(", Model: ").append(making.base());
    if (!making.denoiser().isEmpty()) {
      text.append(", Denoiser: ").append(making.denoiser());
    }
    prompt.start().ifPresent(s -> text.append(", Denoising strength: ").append(s.strength()));
    if (!prompt.mix().parts().isEmpty()) {
      String identities =
          prompt.mix().parts().stream()
              .map(p -> p.adapter().name() + ": " + p.adapter().identity().substring(0, 12))
              .collect(Collectors.joining(", "));
      text.append(", Lora identities: \"").append(identities).append('"');
    }
    prompt
        .mixer()
        .ifPresent(
            m ->
                text.append(", Lora mixer: \"")
                    // Its lists may have quotes, and readers take the value for a string of JSON.
                    .append(
                        ExtensionRequest.of(m).text().replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"'));
    if (!prompt.usedEmbeddings().isEmpty()) {
      String identities =
          prompt.usedEmbeddings().stream()
              .map(e -> e.name() + ": " + e.identity().substring(0, 12))
              .collect(Collectors.joining(", "));
      text.append(", Embedding identities: \"").append(identities).append('"');
    }
    text.append(", Precision: ").append(making.compute());
    return text.append(", Version: lora4j").toString();
  }
}

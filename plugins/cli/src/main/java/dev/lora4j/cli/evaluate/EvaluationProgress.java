package dev.lora4j.cli.evaluate;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.generate.PictureMaking;
import dev.lora4j.diffusion.evaluation.EvaluationPictures;
import dev.lora4j.diffusion.evaluation.JudgedPicture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import java.util.List;

/** Makes the pictures of an evaluation with a progress bar. */
final class EvaluationProgress {
  private EvaluationProgress() {}

  static List<JudgedPicture> make(
      Console console,
      StableDiffusion sd,
      EvaluationPictures pictures,
      List<EvaluationPictures.Request> requests) {
    OutputFile.folder(pictures.folder());
    List<Prompt> prompts = requests.stream().map(EvaluationPictures.Request::prompt).toList();
    try (PictureMaking making =
        new PictureMaking(console, sd, prompts, EvaluationPictures.AT_ONCE)) {
      return pictures.save(requests, making::next);
    }
  }
}

package dev.lora4j.cli.evaluate;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.diffusion.dataset.PictureFolder;
import dev.lora4j.diffusion.evaluation.EvaluationException;
import dev.lora4j.diffusion.evaluation.JudgedStyle;
import dev.lora4j.diffusion.judge.ControlPictures;
import dev.lora4j.emoji.JudgeFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The style that {@code --style} names: a bundled one, or a folder of true pictures. */
final class JudgedStyleOption {
  static final String FORM = "ink, glossy, pixel, flat or a folder of true pictures";

  private JudgedStyleOption() {}

  /**
   * Reads it.
   *
   * @param notes receives the pictures of a folder that do not count
   */
  static JudgedStyle of(String text, JudgeFolder judge, int side, Consumer<String> notes) {
    return switch (text) {
      case "ink" -> JudgedStyle.labelled(text, JudgeFolder.INK, judge.truths(JudgeFolder.INK));
      case "glossy" ->
          JudgedStyle.labelled(text, JudgeFolder.GLOSSY, judge.truths(JudgeFolder.GLOSSY));
      case "flat" -> JudgedStyle.labelled(text, JudgeFolder.FLAT, judge.truths(JudgeFolder.FLAT));
      case "pixel" ->
          new JudgedStyle(
              text,
              Optional.of(JudgeFolder.PIXEL),
              Map.of(),
              ControlPictures.mean(PictureFolder.read(BundledModel.pixelSet(), side, side)));
      default -> {
        if (Files.notExists(Path.of(text))) {
          throw Failure.usage(
              "There is no style and no folder " + text + "; expected " + FORM + ".");
        }
        Path folder = ExistingPath.folder(Path.of(text));
        try {
          yield JudgedStyle.folder(folder, judge.names(), side, notes);
        } catch (EvaluationException e) {
          Path list = judge.folder().resolve("concepts.tsv");
          throw new Failure(e.getMessage() + " The names are those of " + list + ".", e);
        }
      }
    };
  }
}

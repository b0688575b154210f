package dev.lora4j.cli.evaluate;

import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.diffusion.evaluation.JudgedPicture;
import java.nio.file.Path;
import java.util.List;

/** Where the pictures of an evaluation are made. */
@FunctionalInterface
public interface EvaluationPlace {
  /** This process, some at a time. */
  EvaluationPlace HERE =
      new EvaluationPlace() {
        @Override
        public List<JudgedPicture> make(Console console, PlacedEvaluation asked) {
          try (OpenModel model = OpenModel.of(console, asked.base())) {
            asked.telling().accept(UsageBaseModel.of(model.sd().base()));
            return EvaluationProgress.make(console, model.sd(), asked.pictures(), asked.requests());
          }
        }

        @Override
        public void requirePictures() {}
      };

  /**
   * Makes and saves the pictures, with a progress bar.
   *
   * @return the pictures, with a verdict if they were judged too
   */
  List<JudgedPicture> make(Console console, PlacedEvaluation asked);

  /**
   * The file or folder that a path of the command line names, of a base or an adapter.
   *
   * @throws Failure if it names another place, which cannot be read
   */
  default Path here(Console console, Path path) {
    return path;
  }

  /**
   * Refuses an evaluation that makes no pictures.
   *
   * @throws Failure if making them is all that this place is for
   */
  default void requirePictures() {
    throw Failure.usage(
        "Pictures that are there are judged by one process; take the command evaluate for it.");
  }
}

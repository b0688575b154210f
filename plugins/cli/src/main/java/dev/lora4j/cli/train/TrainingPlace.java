package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.diffusion.config.StoreFiles;
import dev.lora4j.diffusion.style.StyleTrainer;

/** Where the gradients of a style's run are computed. */
@FunctionalInterface
public interface TrainingPlace {
  /** This process. */
  TrainingPlace HERE =
      new TrainingPlace() {
        @Override
        public StyleTrainer at(StyleTrainer trainer, PlacedRun run) {
          return trainer;
        }

        @Override
        public void requireHere(String work) {}
      };

  /**
   * The trainer with the gradients of this place.
   *
   * @param run what workers make the same trainer of
   */
  StyleTrainer at(StyleTrainer trainer, PlacedRun run);

  /** Copies of what a run reads from stores; none if a place says nothing. */
  default StoreFiles stores() {
    return StoreFiles.NONE;
  }

  /**
   * Refuses work that is done in one process.
   *
   * @param work beginning of a sentence, for example {@code A base is made}
   * @throws Failure if this is not the place for it
   */
  default void requireHere(String work) {
    throw Failure.usage(work + " by one process; take the command train for it.");
  }
}

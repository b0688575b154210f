package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.train.RateFinding;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.text.train.SequenceTrainer;
import java.nio.file.Path;

/**
 * Search of a learning rate for a training on texts.
 *
 * @param recipe of the training
 * @param rate around which others are tried
 * @param alphas whether the alpha is the user's to choose
 * @param folder of the run, which gets the chart
 * @param steps of each trial
 * @param withoutHeldOut a sentence for where no loss of what is held out decides
 */
record TextRateFinding(
    AdapterRecipe recipe,
    double rate,
    boolean alphas,
    Path folder,
    int steps,
    String withoutHeldOut) {
  /** The sentence for texts that are there. */
  static final String WITHOUT_HELD_OUT =
      "No texts are held out, so losses of training decide, which few texts make uncertain;"
          + " --held-out 0.1 holds some out.";

  /** The sentence for texts that the model writes itself. */
  static final String WRITTEN =
      "What the model wrote in these steps decides, which is uncertain; more --find-steps, and a"
          + " greater --batch, make it surer.";

  /** Tries rates, and reports. What an earlier run left stays as it is. */
  @SuppressWarnings("try") // the claim is only held
  void find(Console console, SequenceTrainer<?> trainer, boolean json) {
    RateFinding.Sought sought =
        new RateFinding.Sought(recipe, trainer.plan(), rate, alphas, folder, withoutHeldOut);
    try (LockedFolder claim = LockedFolder.of(folder)) {
      new RateFinding(console, sought, steps)
          .find((course, listener) -> trainer.search(course, steps, listener), json);
    }
  }
}

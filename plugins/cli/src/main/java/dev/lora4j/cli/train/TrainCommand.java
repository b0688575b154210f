package dev.lora4j.cli.train;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.spi.Extension;
import picocli.CommandLine.Mixin;

/** Trains a style adapter, or makes a base. */
@Extension(
    point = Command.class,
    name = "train",
    help = "Train a style adapter from a folder of pictures, by options or a run file.")
@picocli.CommandLine.Command(
    name = "train",
    sortOptions = false,
    description = {
      "Train a style adapter from a folder of pictures, by options or a run file.",
      "With --preset few-steps the adapter learns to make the base's own pictures in 4 to 8 steps.",
      "With --preset slider it is a direction between two prompts, of which no pictures are needed:"
          + " --set slider.positive=old --set slider.negative=young (docs/training.md).",
      "A run file with kind = \"base\" makes a base model from random weights instead, as"
          + " plugins/emoji-sd/base.toml does (docs/emoji-sd.md); with such a file settings are"
          + " changed by --set alone, and the same command goes on where an earlier one stopped."
    })
public final class TrainCommand implements Command {
  @Mixin private final StyleTraining training = new StyleTraining();

  @Override
  public int run(Console console) {
    return training.run(console, TrainingPlace.HERE);
  }
}

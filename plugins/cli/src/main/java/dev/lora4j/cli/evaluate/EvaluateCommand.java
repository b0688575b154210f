package dev.lora4j.cli.evaluate;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.spi.Extension;
import picocli.CommandLine.Mixin;

/** Command that scores a style adapter on held-out concepts. */
@Extension(
    point = Command.class,
    name = "evaluate",
    help = "Score a style adapter on concepts that no style set shows.")
@picocli.CommandLine.Command(
    name = "evaluate",
    sortOptions = false,
    description =
        "Score a style adapter on concepts that no style set shows: is it the style, is it the"
            + " concept, how near is the true picture. Every picture is kept, with a manifest.")
public final class EvaluateCommand implements Command {
  @Mixin private final StyleEvaluationRun evaluation = new StyleEvaluationRun();

  @Override
  public int run(Console console) {
    return evaluation.run(console, EvaluationPlace.HERE);
  }
}

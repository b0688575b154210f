package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.spi.Extension;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Adapters of language models. */
@Extension(
    point = Command.class,
    name = "text",
    help =
        "Adapters of language models: train, align, distill, generate, classify, score, search, evaluate.")
@picocli.CommandLine.Command(
    name = "text",
    sortOptions = false,
    description =
        "Adapters of language models: train them, generate, classify and find texts with them,"
            + " evaluate them, score answers.",
    subcommands = {
      TextQuickstart.class,
      TextGenerate.class,
      TextClassify.class,
      TextScore.class,
      TextSearch.class,
      TextTrain.class,
      TextAlign.class,
      TextDistill.class,
      TextEvaluate.class,
      TextMerge.class,
      TextNew.class
    })
public final class TextCommand implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public int run(Console console) {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}

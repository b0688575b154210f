package dev.lora4j.vision.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.spi.Extension;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Classes of pictures. */
@Extension(
    point = Command.class,
    name = "vision",
    help = "Classes of pictures by ResNets: classify, train adapters, evaluate, merge.")
@picocli.CommandLine.Command(
    name = "vision",
    sortOptions = false,
    description =
        "Classes of pictures by ResNets: classify pictures, train adapters with a head of your own"
            + " classes, evaluate them, and merge them into models.",
    subcommands = {
      VisionClassify.class,
      VisionTrain.class,
      VisionEvaluate.class,
      VisionMerge.class
    })
public final class VisionCommand implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public int run(Console console) {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}

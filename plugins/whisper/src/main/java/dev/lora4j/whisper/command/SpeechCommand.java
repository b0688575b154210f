package dev.lora4j.whisper.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.spi.Extension;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Speech recognition. */
@Extension(
    point = Command.class,
    name = "speech",
    help = "Speech recognition with Whisper: transcribe recordings, train adapters, evaluate.")
@picocli.CommandLine.Command(
    name = "speech",
    sortOptions = false,
    description =
        "Speech recognition with Whisper: transcribe recordings, train adapters, count word errors,"
            + " convert models of CTranslate2.",
    subcommands = {
      SpeechTranscribe.class,
      SpeechTrain.class,
      SpeechEvaluate.class,
      SpeechConvert.class
    })
public final class SpeechCommand implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public int run(Console console) {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}

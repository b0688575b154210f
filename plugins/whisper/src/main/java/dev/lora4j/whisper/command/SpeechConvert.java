package dev.lora4j.whisper.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.whisper.SpeechModel;
import dev.lora4j.whisper.ctranslate.CTranslateWhisper;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command that makes a folder of transformers of a model of CTranslate2. */
@picocli.CommandLine.Command(
    name = "convert",
    sortOptions = false,
    description =
        "Make a folder in the layout of transformers of a Whisper that CTranslate2 (faster-whisper)"
            + " runs.")
final class SpeechConvert implements Command {
  @Parameters(
      paramLabel = "DIR",
      description = "Folder with model.bin, config.json and tokenizer.json.")
  private Path from = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "Folder to write, which must not be there or be empty.")
  private Path out = Path.of("");

  @Override
  public int run(Console console) {
    ExistingPath.folder(from);
    OutputFile.freshFolder(out);
    CTranslateWhisper.write(from, out);
    SpeechModel.outline(out);
    console.print(out.toString());
    console.note("To transcribe with it:");
    console.note(
        "  " + Invocation.of("speech", "transcribe", "RECORDING.wav", "--base", out.toString()));
    return 0;
  }
}

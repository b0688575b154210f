package dev.lora4j.whisper.command;

import dev.lora4j.testkit.command.CommandContract;
import dev.lora4j.whisper.Goldens;
import java.nio.file.Path;
import java.util.List;

/** The contract of commands. */
class SpeechContractTest extends CommandContract {
  SpeechContractTest() {
    super("speech");
  }

  @Override
  protected List<String> words(Path folder) {
    return List.of(
        "transcribe",
        Goldens.RESOURCES.resolve("sentence.wav").toString(),
        "--base=" + Goldens.TINY,
        "--language=en");
  }
}

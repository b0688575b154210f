package dev.lora4j.vision.command;

import dev.lora4j.testkit.command.CommandContract;
import dev.lora4j.vision.Goldens;
import java.nio.file.Path;
import java.util.List;

/** The contract of commands. */
class VisionContractTest extends CommandContract {
  VisionContractTest() {
    super("vision");
  }

  @Override
  protected List<String> words(Path folder) {
    return List.of(
        "classify",
        Goldens.RESOURCES.resolve("wide.png").toString(),
        "--base=" + Goldens.model("folder"));
  }
}

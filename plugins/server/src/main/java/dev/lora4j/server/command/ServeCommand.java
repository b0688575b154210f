package dev.lora4j.server.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;

/** Command that serves bases and adapters by HTTP until it is stopped. */
@Extension(
    point = Command.class,
    name = "serve",
    help = "Serve bases and adapters to other programs by HTTP.")
@picocli.CommandLine.Command(
    name = "serve",
    sortOptions = false,
    description = {
      "Serve bases and adapters to other programs by HTTP, in the protocols of OpenAI, AUTOMATIC1111,"
          + " LoRAX and vLLM. Without options it"
          + " serves the two bundled models to programs of this machine.",
      "A request names its adapters as the model: ink, emoji-sd+ink:0.7+glossy:0.3; prompts of"
          + " pictures also as <lora:ink:0.7>. Ctrl-C lets running requests finish."
    })
public final class ServeCommand implements Command {
  @Mixin private final ServingOptions served = new ServingOptions();

  @Mixin private final ListenOptions listen = new ListenOptions();

  @Override
  public Map<String, List<String>> sections() {
    return ServingOptions.sections();
  }

  @Override
  public int run(Console console) {
    listen.require(console);
    served.require();
    try (Serving serving = served.open(console)) {
      listen.serve(
          console,
          serving.routes(),
          address ->
              console.note(
                  "Serving at " + address + ", " + listen.clients() + ". Ctrl-C stops it."));
    }
    return 0;
  }
}

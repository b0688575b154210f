package dev.lora4j.studio.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.server.command.ListenOptions;
import dev.lora4j.server.command.Serving;
import dev.lora4j.server.command.ServingOptions;
import dev.lora4j.spi.Extension;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command that serves the page on which adapters are trained and blended. */
@Extension(
    point = Command.class,
    name = "studio",
    help = "Train, blend and look at adapters in the browser.")
@picocli.CommandLine.Command(
    name = "studio",
    sortOptions = false,
    description = {
      "Train, blend and look at adapters in the browser. Open the address that it prints.",
      "All that the page does is a command line, which it shows. What it keeps is in --folder; new"
          + " adapters go to the first folder of --adapters. Trainings go on when the studio is"
          + " closed, and the next start takes them over. It is a server as 'serve' is, too."
    })
public final class StudioCommand implements Command {
  private static final List<String> OPEN = List.of("/", "/favicon.ico", "/web/*");

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description =
          "Where pictures, recipes and the queue are kept (default: ${DEFAULT-VALUE}); made if it is"
              + " not there.",
      defaultValue = "studio")
  private Path folder = Path.of("studio");

  @Option(names = "--open", description = "Open the page in your browser.")
  private boolean open;

  @Mixin private final ServingOptions served = new ServingOptions();

  @Mixin private final ListenOptions listen = new ListenOptions();

  @Override
  public Map<String, List<String>> sections() {
    Map<String, List<String>> sections = new LinkedHashMap<>();
    sections.put("Studio", List.of("folder", "open"));
    sections.putAll(ServingOptions.sections());
    return sections;
  }

  @Override
  public int run(Console console) {
    listen.require(console);
    Path usual = Path.of("adapters");
    if (served.adapters().isEmpty()) {
      folder(usual);
      served.adaptersUnlessNamed(usual);
    }
    served.require();
    folder(folder);
    Workspace workspace = new Workspace(folder, served.adapters(), Path.of(""));
    Optional<String> token = listen.requireToken(OPEN);
    try (Serving serving = served.open(console);
        Studio studio = Studio.open(workspace, serving.catalogue())) {
      listen.serve(
          console,
          serving.routes().with(studio.routes()),
          address -> tell(console, address + token.map(t -> "/#token=" + t).orElse("/")));
    } catch (IOException e) {
      throw new Failure("The studio cannot keep its files: " + e.getMessage(), e);
    }
    return 0;
  }

  private static void folder(Path path) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new Failure(
          "The folder "
              + path
              + " cannot be made. Name another one, or a place that you can write.",
          e);
    }
  }

  private void tell(Console console, String address) {
    console.note("Open this address in your browser; it holds the key to your studio:");
    console.note("  " + address);
    console.note("Ctrl-C closes the studio.");
    if (open && !Browser.show(address)) {
      console.note("No browser could be started; open the address by hand.");
    }
  }
}

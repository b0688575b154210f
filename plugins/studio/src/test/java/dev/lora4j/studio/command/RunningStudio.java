package dev.lora4j.studio.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.command.Serving;
import dev.lora4j.server.command.ServingOptions;
import dev.lora4j.server.guard.GuardOptions;
import dev.lora4j.server.guard.RequestGuard;
import dev.lora4j.server.http.HttpServer;
import dev.lora4j.server.http.ServerOptions;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/** A studio of the bundled models in this process, in a folder of its own. */
public final class RunningStudio implements AutoCloseable {
  private final Workspace workspace;
  private final Serving serving;
  private final Studio studio;
  private final HttpServer server;
  private final StudioClient client;

  /** Opens one in a folder, with {@code studio} and {@code adapters} in it. */
  public RunningStudio(Path root) throws IOException {
    Path adapters = Files.createDirectories(root.resolve("adapters"));
    Path folder = Files.createDirectories(root.resolve("studio"));
    workspace = new Workspace(folder, List.of(adapters), Path.of(""));
    ServingOptions options = new ServingOptions();
    CommandLine.populateCommand(
        options, "--adapters=" + adapters, "--compute=f32", "--log=" + root.resolve("log.txt"));
    serving = options.open(Console.of(System.out, System.err));
    try {
      studio = Studio.open(workspace, serving.catalogue());
      server =
          HttpServer.open(
              ServerOptions.loopback(0),
              RequestGuard.of(GuardOptions.strict().requireToken(false)),
              serving.routes().with(studio.routes()));
      client = new StudioClient(server.port());
    } catch (IOException | RuntimeException e) {
      serving.close();
      throw e;
    }
  }

  public Workspace workspace() {
    return workspace;
  }

  public ModelCatalogue models() {
    return serving.catalogue();
  }

  /** The folder of its adapters. */
  public Path adapters() {
    return workspace.newAdapters();
  }

  public StudioClient client() {
    return client;
  }

  @Override
  public void close() {
    server.close();
    studio.close();
    serving.close();
  }
}

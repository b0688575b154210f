package dev.lora4j.studio.command;

import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.guard.GuardOptions;
import dev.lora4j.server.guard.RequestGuard;
import dev.lora4j.server.http.HttpServer;
import dev.lora4j.server.http.ServerOptions;
import dev.lora4j.server.library.AdapterAdmission;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.library.LibraryFolders;
import dev.lora4j.studio.event.EventHub;
import dev.lora4j.studio.library.LibraryRoom;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The library of a studio without any base, which opens in a moment. */
final class LibraryServer implements AutoCloseable {
  private final Workspace workspace;
  private final LibraryRoom room;
  private final HttpServer server;
  private final StudioClient client;

  /** Opens one in a folder, with {@code studio} and {@code adapters} in it. */
  LibraryServer(Path root) throws IOException {
    Path adapters = Files.createDirectories(root.resolve("adapters"));
    Path folder = Files.createDirectories(root.resolve("studio"));
    workspace = new Workspace(folder, List.of(adapters), root);
    AdapterLibrary library =
        new AdapterLibrary(
            LibraryFolders.of(adapters),
            AdapterAdmission.everything(),
            root.resolve("state"),
            event -> {});
    EventHub events = new EventHub();
    ModelCatalogue models = new ModelCatalogue(List.of(), List.of(), List.of(), library);
    room = LibraryRoom.open(workspace, models, events);
    server =
        HttpServer.open(
            ServerOptions.loopback(0),
            RequestGuard.of(GuardOptions.strict().requireToken(false)),
            events.routes().with(StudioProblem.told(room.routes())));
    client = new StudioClient(server.port());
  }

  /** The folder of its adapters. */
  Path adapters() {
    return workspace.newAdapters();
  }

  Path folder() {
    return workspace.folder();
  }

  StudioClient client() {
    return client;
  }

  @Override
  public void close() {
    server.close();
    room.close();
  }
}

package dev.lora4j.studio;

import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.guard.GuardOptions;
import dev.lora4j.server.guard.RequestGuard;
import dev.lora4j.server.http.HttpServer;
import dev.lora4j.server.http.Routes;
import dev.lora4j.server.http.ServerOptions;
import dev.lora4j.server.library.AdapterAdmission;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.library.LibraryFolders;
import dev.lora4j.studio.command.Studio;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A studio that is served in this process, without loaded bases. */
public final class BareStudio extends StudioClient implements AutoCloseable {
  private final Workspace workspace;
  private final Runnable rooms;
  private final HttpServer server;

  private BareStudio(Workspace workspace, Runnable rooms, HttpServer server) {
    super(server.port());
    this.workspace = workspace;
    this.rooms = rooms;
    this.server = server;
  }

  /** A workspace in a folder, as a studio that is started there has it. */
  public static Workspace workspace(Path start) throws IOException {
    Workspace workspace = new Workspace(Path.of("studio"), List.of(Path.of("adapters")), start);
    Files.createDirectories(workspace.folder());
    Files.createDirectories(workspace.newAdapters());
    return workspace;
  }

  /** Opens one that is started in a folder. */
  public static BareStudio open(Path start) throws IOException {
    Workspace workspace = workspace(start);
    AdapterLibrary library =
        new AdapterLibrary(
            LibraryFolders.of(workspace.newAdapters()),
            AdapterAdmission.everything(),
            start.resolve("state"),
            event -> {});
    ModelCatalogue models = new ModelCatalogue(List.of(), List.of(), List.of(), library);
    Studio studio = Studio.open(workspace, models);
    return serve(workspace, studio::close, studio.routes());
  }

  /**
   * Serves rooms of a studio.
   *
   * @param rooms closes them
   */
  public static BareStudio serve(Workspace workspace, Runnable rooms, Routes routes)
      throws IOException {
    RequestGuard guard = RequestGuard.of(GuardOptions.strict().requireToken(false));
    return new BareStudio(
        workspace, rooms, HttpServer.open(ServerOptions.loopback(0), guard, routes));
  }

  /** Its folders. */
  public Workspace workspace() {
    return workspace;
  }

  @Override
  public void close() {
    // The rooms first, so that no request waits for a job.
    rooms.run();
    server.close();
  }
}

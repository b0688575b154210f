package dev.lora4j.server.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.model.DeviceOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.http.Routes;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.metrics.ServerMetrics;

/** Loaded bases at work, with their adapters and routes. Who opens it closes it. */
public final class Serving implements AutoCloseable {
  private final Lora4j lora;
  private final ServedBases bases;
  private final ModelCatalogue catalogue;
  private final Routes routes;

  private Serving(Lora4j lora, ServedBases bases, AdapterLibrary library, ServerMetrics metrics) {
    this.lora = lora;
    this.bases = bases;
    catalogue = bases.catalogue(library);
    routes = ServerRoutes.of(catalogue, metrics);
  }

  static Serving open(
      Console console, DeviceOption where, ServedBases.Wanted wanted, AdapterLibrary library) {
    Lora4j lora = where.open(console);
    try {
      ServerMetrics metrics = new ServerMetrics();
      return new Serving(
          lora, ServedBases.open(console, lora, wanted, library, metrics), library, metrics);
    } catch (RuntimeException | Error e) {
      lora.close();
      throw e;
    }
  }

  /** The bases, and the adapters on them, by name. */
  public ModelCatalogue catalogue() {
    return catalogue;
  }

  /** The routes of all protocols, metrics and probes. */
  public Routes routes() {
    return routes;
  }

  @Override
  public void close() {
    try {
      bases.close();
    } finally {
      lora.close();
    }
  }
}

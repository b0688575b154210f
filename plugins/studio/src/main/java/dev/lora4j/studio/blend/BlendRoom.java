package dev.lora4j.studio.blend;

import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.http.Routes;
import dev.lora4j.studio.workspace.Workspace;

/** Blends of a studio's adapters for its pages. */
public final class BlendRoom {
  private final StartRoute start;

  private BlendRoom(Workspace workspace, ModelCatalogue models) {
    start = new StartRoute(models, workspace);
  }

  /** The blends of a studio. */
  public static BlendRoom of(Workspace workspace, ModelCatalogue models) {
    return new BlendRoom(workspace, models);
  }

  /** What pages ask for. */
  public Routes routes() {
    return Routes.none().get("/studio/start", request -> start.answer());
  }
}

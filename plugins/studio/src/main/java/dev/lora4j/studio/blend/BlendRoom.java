package dev.lora4j.studio.blend;

import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.http.Routes;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.BaseArguments;
import dev.lora4j.studio.event.EventHub;
import dev.lora4j.studio.library.AdapterPlaces;
import dev.lora4j.studio.library.AdapterSearch;
import dev.lora4j.studio.library.LibraryRoom;
import dev.lora4j.studio.workspace.Workspace;
import java.util.List;

/** Blends of a studio's adapters for its pages. */
public final class BlendRoom {
  private final StartRoute start;
  private final PictureRoute pictures;
  private final Regions regions;
  private final List<Action> actions;

  private final RecipeRoutes recipes;

  private BlendRoom(
      Workspace workspace,
      ModelCatalogue models,
      BaseArguments bases,
      LibraryRoom library,
      EventHub events) {
    AdapterPlaces places = library.places();
    regions = new Regions(workspace);
    BlendResolver resolver = new BlendResolver(models, places, regions);
    start = new StartRoute(models, workspace);
    pictures = new PictureRoute(resolver);
    ServedHashes hashes = new ServedHashes(models);
    AdapterSearch search = library.search();
    recipes =
        new RecipeRoutes(
            workspace,
            new Recipe(places, search, regions, hashes, resolver),
            new RecordedBlend(search, regions, hashes),
            events);
    BlendWords words = new BlendWords(places, regions, bases);
    actions =
        List.of(
            new GenerateAction(workspace, resolver, words),
            new GridAction(workspace, resolver, words),
            new MergeAction(places, bases),
            new MixAction(workspace, places, bases),
            new TextGenerateAction(places, bases));
  }

  /**
   * The blends of a studio.
   *
   * @param bases of {@code models}, as command lines name them
   * @param library its adapters
   */
  public static BlendRoom of(
      Workspace workspace,
      ModelCatalogue models,
      BaseArguments bases,
      LibraryRoom library,
      EventHub events) {
    return new BlendRoom(workspace, models, bases, library, events);
  }

  /** What pages can have done with blends. */
  public List<Action> actions() {
    return actions;
  }

  /** What pages ask for. */
  public Routes routes() {
    return Routes.none()
        .get("/studio/start", request -> start.answer())
        .post("/studio/picture", pictures::answer)
        .post("/studio/regions", regions::post)
        .get("/studio/regions/picture", regions::picture)
        .with(recipes.routes());
  }
}

package dev.lora4j.studio.command;

import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.http.Routes;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.ActionTable;
import dev.lora4j.studio.action.BaseArguments;
import dev.lora4j.studio.blend.BlendRoom;
import dev.lora4j.studio.dataset.PictureRoutes;
import dev.lora4j.studio.dataset.PictureSets;
import dev.lora4j.studio.evaluation.EvaluateAction;
import dev.lora4j.studio.evaluation.JudgedStyles;
import dev.lora4j.studio.event.EventHub;
import dev.lora4j.studio.job.JobQueue;
import dev.lora4j.studio.job.JobRoutes;
import dev.lora4j.studio.library.LibraryRoom;
import dev.lora4j.studio.page.PageFiles;
import dev.lora4j.studio.run.RunRoom;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The rooms of a studio that is open. Who opens it closes it. */
public final class Studio implements AutoCloseable {
  private final JobQueue queue;
  private final LibraryRoom library;
  private final RunRoom runs;
  private final Routes routes;

  private Studio(JobQueue queue, LibraryRoom library, RunRoom runs, Routes routes) {
    this.queue = queue;
    this.library = library;
    this.runs = runs;
    this.routes = routes;
  }

  /**
   * Opens a studio, which goes on with what an earlier one has left.
   *
   * @param models what is served in this process
   * @throws IOException if its folders cannot be read or written
   */
  public static Studio open(Workspace workspace, ModelCatalogue models) throws IOException {
    EventHub events = new EventHub();
    LibraryRoom library = LibraryRoom.open(workspace, models, events);
    try {
      BaseArguments bases = new BaseArguments(workspace, models);
      BlendRoom blend = BlendRoom.of(workspace, models, bases, library, events);
      List<Action> all = new ArrayList<>(library.actions());
      all.addAll(blend.actions());
      PictureSets sets = new PictureSets(workspace);
      all.addAll(RunRoom.actions(workspace, bases, sets, library.places()));
      List<String> judged = JudgedStyles.of(models);
      all.add(new EvaluateAction(workspace, sets, bases, library.places(), judged));
      ActionTable actions = new ActionTable(all);
      JobQueue queue = JobQueue.open(workspace, actions, events);
      RunRoom runs = RunRoom.open(workspace, queue, all, events);
      Routes rooms =
          events
              .routes()
              .with(JobRoutes.of(queue, actions))
              .with(library.routes())
              .with(blend.routes())
              .with(PictureRoutes.of(workspace, sets, queue, events))
              .with(runs.routes());
      return new Studio(queue, library, runs, PageFiles.routes().with(StudioProblem.told(rooms)));
    } catch (IOException | RuntimeException | Error e) {
      library.close();
      throw e;
    }
  }

  /** The page, and what it asks for. */
  public Routes routes() {
    return routes;
  }

  @Override
  public void close() {
    runs.close();
    queue.close();
    library.close();
  }
}
